// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/salvage.h"

#include "core/store/statement.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

namespace ra::store {

namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
/// A b-tree of more levels would hold more than a file can.
constexpr int deepest = 20;
constexpr std::uint32_t pagesBetweenLooks = 64;
/// Who reached a page; trees have the numbers behind.
constexpr std::uint32_t nobody = 0;
constexpr std::uint32_t schema = 1;

struct Stopped {};

/// Whether the values can be a row of the table. Rows that were written before columns were added are shorter.
bool isRowOf(const TableShape &shape, const std::vector<RecordValue> &values) {
    if (values.empty() || values.size() > shape.columns.size())
        return false;
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
        const TableShape::Column &column = shape.columns[i];
        if (i >= values.size() || std::holds_alternative<std::monostate>(values[i])) {
            if (column.isRowid ? i >= values.size() : !column.mayBeNull)
                return false;
            continue;
        }
        if (column.isRowid)
            return false;
        const bool isInteger = std::holds_alternative<std::int64_t>(values[i]);
        const bool isReal = std::holds_alternative<double>(values[i]);
        const bool fits = column.type == TableShape::Type::Integer ? isInteger
                          : column.type == TableShape::Type::Real  ? isInteger || isReal
                                                                   : !isInteger && !isReal;
        if (!fits)
            return false;
    }
    return true;
}

class Salvager {
public:
    Salvager(PageFile &file, const std::vector<TableShape> &shapes, const RowSink &sink, const std::stop_token &stop,
             const ProgressSink &progress)
        : m_file(file)
        , m_shapes(shapes)
        , m_sink(sink)
        , m_stop(stop)
        , m_progress(progress)
        , m_reachedBy(std::size_t{file.pageCount()} + 1, nobody)
        , m_isFree(std::size_t{file.pageCount()} + 1, false)
        , m_broken(shapes.size(), false) {
        m_found.pages = file.pageCount();
    }

    SalvagedPages run() {
        walkFreePages();
        findRoots();
        m_tree = schema;
        for (const auto &[root, tree] : m_roots) {
            ++m_tree;
            walk(root, tree, lowest, highest, 0);
        }
        for (std::size_t i = 0; i < m_shapes.size(); ++i)
            m_broken[i] = m_broken[i] || !m_hasRoot.contains(i);
        adoptStrays();
        return std::move(m_found);
    }

private:
    /// What a root belongs to: a table of ours, or something that is only walked so that its pages are not taken for
    /// strays.
    struct Tree {
        std::optional<std::size_t> shape;
        bool isTable = true; ///< by rowid; else an index, or a table without
    };

    void look() {
        if (++m_looked % pagesBetweenLooks != 0)
            return;
        if (m_stop.stop_requested())
            throw Stopped{};
        if (m_progress)
            m_progress({.stage = "salvage",
                        .item = "pages",
                        .done = std::min<std::uint64_t>(m_looked, 2 * m_found.pages),
                        .total = 2 * m_found.pages + 1});
    }

    bool isReached(std::uint32_t page) const { return page >= m_reachedBy.size() || m_reachedBy[page] != nobody; }

    void walkFreePages() {
        std::uint64_t seen = 0;
        for (std::uint32_t trunk = m_file.firstFree(); trunk != 0;) {
            if (trunk < 2 || trunk > m_file.pageCount() || m_isFree[trunk])
                return;
            m_isFree[trunk] = true;
            const std::string_view page = m_file.page(trunk);
            const std::uint32_t leaves = numberAt(page, 4, 4);
            if (page.empty() || leaves > m_file.usable() / 4 - 2)
                return;
            for (std::uint32_t i = 0; i < leaves; ++i) {
                const std::uint32_t leaf = numberAt(page, 8 + 4 * std::size_t{i}, 4);
                if (leaf < 2 || leaf > m_file.pageCount())
                    return;
                m_isFree[leaf] = true;
            }
            seen += leaves + 1;
            trunk = numberAt(page, 0, 4);
        }
        m_freeIsWhole = m_file.hasMagic() && seen == m_file.freePages();
    }

    void noteRoot(const std::vector<RecordValue> &row) {
        const auto text = [&](std::size_t i) {
            const auto *value = i < row.size() ? std::get_if<std::string_view>(&row[i]) : nullptr;
            return value ? *value : std::string_view();
        };
        const auto *root = row.size() == 5 ? std::get_if<std::int64_t>(&row[3]) : nullptr;
        if (!root || *root < 2 || *root > std::int64_t{m_file.pageCount()})
            return;
        Tree tree;
        if (text(0) == "table") {
            for (std::size_t i = 0; i < m_shapes.size(); ++i) {
                if (m_shapes[i].name == text(1)) {
                    tree.shape = i;
                    tree.isTable = m_shapes[i].hasRowid;
                }
            }
            if (!tree.shape) {
                if (!text(1).starts_with("sqlite_"))
                    m_found.foreign.emplace_back(text(1));
                tree.isTable = text(4).find("WITHOUT ROWID") == std::string_view::npos;
            } else if (m_hasRoot.try_emplace(*tree.shape, true).second) {
                ++m_found.known;
            }
        } else if (text(0) == "index") {
            tree.isTable = false;
        } else {
            return;
        }
        m_roots.emplace(static_cast<std::uint32_t>(*root), tree);
    }

    /// From the schema, which is the tree of the first page. Where that is broken its leaves are looked for.
    void findRoots() {
        schemaPage(1, 0);
        if (m_found.known >= m_shapes.size())
            return;
        for (std::uint32_t number = 2; number <= m_file.pageCount(); ++number) {
            look();
            if (!isReached(number) && !m_isFree[number])
                schemaLeaf(BtreePage(m_file, number), number, true);
        }
    }

    void schemaPage(std::uint32_t number, int depth) {
        if (isReached(number) || depth > deepest)
            return;
        const BtreePage page(m_file, number);
        if (page.kind() == PageKind::TableLeaf) {
            schemaLeaf(page, number, false);
        } else if (page.kind() == PageKind::TableInterior) {
            m_reachedBy[number] = schema;
            for (std::size_t i = 0; i < page.cells(); ++i) {
                if (const auto cell = page.cell(i))
                    schemaPage(cell->child, depth + 1);
            }
            schemaPage(page.rightmost(), depth + 1);
        }
    }

    void schemaLeaf(const BtreePage &page, std::uint32_t number, bool isGuess) {
        if (page.kind() != PageKind::TableLeaf)
            return;
        for (std::size_t i = 0; i < page.cells(); ++i) {
            const auto cell = page.cell(i);
            const auto row = cell ? decodeRecord(cell->payload) : std::nullopt;
            const bool isSchema = row && row->size() == 5 && std::holds_alternative<std::string_view>((*row)[0]) &&
                                  std::holds_alternative<std::string_view>((*row)[1]) &&
                                  std::holds_alternative<std::int64_t>((*row)[3]);
            if (!isSchema) {
                if (isGuess)
                    return;
                continue;
            }
            noteRoot(*row);
            m_reachedBy[number] = schema;
        }
        if (!isGuess)
            m_reachedBy[number] = schema;
    }

    void damagedPage(const Tree &tree) {
        if (!tree.shape) {
            m_isIndexBroken = m_isIndexBroken || !tree.isTable;
            return;
        }
        ++m_found.damaged;
        m_broken[*tree.shape] = true;
    }

    /// The pages of a tree whose keys lie in (after, until].
    void walk(std::uint32_t number, const Tree &tree, std::int64_t after, std::int64_t until, int depth) {
        look();
        // What another tree came to first may be this one's all the same: the other one's pointer may be the wrong one.
        if (number < 2 || number >= m_reachedBy.size() || m_reachedBy[number] == schema ||
            m_reachedBy[number] == m_tree || depth > deepest) {
            damagedPage(tree);
            return;
        }
        const BtreePage page(m_file, number);
        const bool isTablePage = page.kind() == PageKind::TableLeaf || page.kind() == PageKind::TableInterior;
        if (page.kind() == PageKind::None || isTablePage != tree.isTable ||
            (!page.isInterior() && tree.shape && !looksLike(page, m_shapes[*tree.shape], after, until))) {
            damagedPage(tree);
            return;
        }
        m_reachedBy[number] = m_tree;
        if (!page.isInterior()) {
            if (tree.shape)
                giveRows(page, *tree.shape, after, until);
            return;
        }
        bool isWhole = true;
        for (std::size_t i = 0; i < page.cells(); ++i) {
            const auto cell = page.cell(i);
            const bool isInOrder = cell && (!tree.isTable || (cell->key >= after && cell->key <= until));
            isWhole = isWhole && isInOrder;
            if (!cell)
                continue;
            walk(cell->child, tree, isInOrder ? after : lowest, isInOrder && tree.isTable ? cell->key : highest,
                 depth + 1);
            if (isInOrder && tree.isTable)
                after = cell->key;
            if (!tree.isTable && tree.shape)
                giveRow(*cell, *tree.shape);
        }
        walk(page.rightmost(), tree, after, until, depth + 1);
        if (!isWhole)
            damagedPage(tree);
    }

    /// Whether most cells of a leaf can be rows of the table: a child that leads elsewhere must not be taken from where
    /// it belongs.
    bool looksLike(const BtreePage &page, const TableShape &shape, std::int64_t after, std::int64_t until) const {
        std::size_t fits = 0;
        for (std::size_t i = 0; i < page.cells(); ++i) {
            const auto cell = page.cell(i);
            const bool isIn = cell && (!shape.hasRowid || (cell->key >= after && cell->key <= until));
            const auto row = isIn ? decodeRecord(cell->payload) : std::nullopt;
            fits += row && isRowOf(shape, *row) ? 1 : 0;
        }
        return 2 * fits >= page.cells();
    }

    void giveRows(const BtreePage &page, std::size_t shape, std::int64_t after, std::int64_t until) {
        for (std::size_t i = 0; i < page.cells(); ++i) {
            const auto cell = page.cell(i);
            // A key that lies elsewhere would take another row's place.
            if (cell && (!m_shapes[shape].hasRowid || (cell->key >= after && cell->key <= until)))
                giveRow(*cell, shape);
            else
                ++m_found.cells;
        }
    }

    void giveRow(const PageCell &cell, std::size_t shape) {
        auto row = decodeRecord(cell.payload);
        if (!row || !isRowOf(m_shapes[shape], *row)) {
            ++m_found.cells;
            return;
        }
        const auto &columns = m_shapes[shape].columns;
        for (std::size_t i = 0; i < row->size(); ++i) {
            if (columns[i].isRowid)
                (*row)[i] = cell.key;
        }
        m_sink(shape, *row);
    }

    /// Leaves to which nothing leads: whose they can be is told by what they look like, among the tables of which
    /// something is missing.
    void adoptStrays() {
        if (!m_freeIsWhole || std::find(m_broken.begin(), m_broken.end(), true) == m_broken.end())
            return;
        for (std::uint32_t number = 2; number <= m_file.pageCount(); ++number) {
            look();
            if (isReached(number) || m_isFree[number])
                continue;
            const BtreePage page(m_file, number);
            if (page.isInterior() || page.kind() == PageKind::None || page.cells() == 0)
                continue;
            if (page.kind() == PageKind::IndexLeaf && m_isIndexBroken)
                continue; // an index can be made anew
            std::vector<std::size_t> candidates;
            for (std::size_t i = 0; i < m_shapes.size(); ++i) {
                if (m_broken[i] && m_shapes[i].hasRowid == (page.kind() == PageKind::TableLeaf) &&
                    looksLike(page, m_shapes[i], lowest, highest))
                    candidates.push_back(i);
            }
            if (candidates.size() == 1) {
                ++m_found.strays;
                giveRows(page, candidates.front(), lowest, highest);
            } else if (candidates.size() > 1) {
                ++m_found.lost;
            }
        }
    }

    PageFile &m_file;
    const std::vector<TableShape> &m_shapes;
    const RowSink &m_sink;
    const std::stop_token &m_stop;
    const ProgressSink &m_progress;
    SalvagedPages m_found;
    std::vector<std::uint32_t> m_reachedBy; ///< which tree came first, by the number of the page
    std::vector<bool> m_isFree;
    std::vector<bool> m_broken; ///< by the number of the shape: something of its tree is missing
    std::map<std::uint32_t, Tree> m_roots;
    std::map<std::size_t, bool> m_hasRoot;
    bool m_freeIsWhole = false;
    bool m_isIndexBroken = false;
    std::uint32_t m_tree = nobody; ///< that is walked
    std::uint64_t m_looked = 0;
};

} // namespace

std::vector<TableShape> shapesOf(const SQLite::Database &db) {
    std::vector<TableShape> shapes;
    Statement tables(db, "SELECT name, sql LIKE '%WITHOUT ROWID%' FROM sqlite_schema WHERE type = 'table' AND name NOT "
                         "LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
    // A table without rowids keeps its key first, in the order of the key.
    Statement columns(db, "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY "
                          "iif(?2 AND pk > 0, pk, 1000 + cid)");
    while (tables.step()) {
        TableShape &shape = shapes.emplace_back();
        shape.name = tables.text(0);
        shape.hasRowid = tables.integer(1) == 0;
        int keys = 0;
        columns.bind(shape.name, shape.hasRowid ? 0 : 1);
        while (columns.step()) {
            TableShape::Column column;
            column.name = columns.text(0);
            const std::string_view type = columns.text(1);
            const bool isKey = columns.integer(3) > 0;
            column.type = type == "INTEGER" ? TableShape::Type::Integer
                          : type == "REAL"  ? TableShape::Type::Real
                                            : TableShape::Type::Bytes;
            column.mayBeNull = columns.integer(2) == 0 && !isKey;
            column.isRowid = shape.hasRowid && isKey && column.type == TableShape::Type::Integer;
            keys += isKey ? 1 : 0;
            shape.columns.push_back(std::move(column));
        }
        if (keys > 1) { // a key of several columns is no rowid
            for (TableShape::Column &column : shape.columns)
                column.isRowid = false;
        }
    }
    return shapes;
}

Result<SalvagedPages> salvage(PageFile &file, const std::vector<TableShape> &shapes, const RowSink &sink,
                              const std::stop_token &stop, const ProgressSink &progress) {
    try {
        return Salvager(file, shapes, sink, stop, progress).run();
    } catch (const Stopped &) {
        return fail({.kind = ErrorKind::Cancelled,
                     .what = "read the damaged store",
                     .where = {},
                     .why = "it was cancelled",
                     .hint = "The store is as it was"});
    }
}

} // namespace ra::store
