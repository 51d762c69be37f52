// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Dense>
#include <span>
#include <vector>

namespace ra::series {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// The series as means of blocks, with the columns that say nothing about leaks.
struct Blocks {
    Vector time;   ///< middle of each block, 0 to 1
    Vector values; ///< in units of the spread of the series
    Matrix nuisance;
    Vector stairs;         ///< number of recurring sudden rises so far; empty without
    bool hasTeeth = false; ///< sudden falls recur
    double centre = 0;
    double scale = 1;
    double samples = 1; ///< a block
};

/// A column of a model of the level, and what it is called.
struct Shape {
    const char *name;
    bool grows; ///< still at the end
    std::vector<double> parameter;
    Vector column;
    double height = 1; ///< by how much it rises in the whole run
};

/// At most 128 blocks of the series, short spikes left out. Values must be finite, and there must be some.
[[nodiscard]] Blocks blocksOf(std::span<const double> values);

/// Orthonormal columns of a space, to which more can be added; projections onto what is beside it.
class Space {
public:
    explicit Space(Eigen::Index rows)
        : m_basis(rows, 0) {}

    /// False where the column lies in the space already.
    bool add(const Vector &column) {
        const double before = column.norm();
        Vector rest = beside(column);
        rest = beside(rest); // twice is enough
        const double after = rest.norm();
        if (!(after > 1e-7 * before))
            return false;
        m_basis.conservativeResize(Eigen::NoChange, m_basis.cols() + 1);
        m_basis.col(m_basis.cols() - 1) = rest / after;
        return true;
    }
    [[nodiscard]] Vector beside(const Vector &column) const {
        return m_basis.cols() == 0 ? column : Vector(column - m_basis * (m_basis.transpose() * column));
    }
    [[nodiscard]] Eigen::Index size() const { return m_basis.cols(); }

private:
    Matrix m_basis;
};

/// Adds sine and cosine of a load with 3 to 12 cycles in the run to the space, if there is one beside a smooth level.
void addLoad(Space &space, const Blocks &blocks);

/// The models of the level, on grids of their parameters.
[[nodiscard]] std::vector<Shape> shapesOf(const Blocks &blocks);

} // namespace ra::series
