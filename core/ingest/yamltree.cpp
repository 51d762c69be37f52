// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/yamltree.h"

#include "core/ingest/documentjson.h"
#include "core/ingest/pythontext.h"
#include "core/ingest/utf8.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <map>
#include <streambuf>

namespace ra::ingest {

namespace {

constexpr std::size_t nodeLimit = 200'000;
constexpr std::uint64_t aliasLimit = 10'000;
constexpr int mergeDepthLimit = 16;

/// Thrown through yaml-cpp and caught in readYaml.
struct BeyondLimit {
    const char *why;
};

/// Builds the tree from yaml-cpp's events, which need no memory of their own.
class Builder : public YAML::EventHandler {
public:
    explicit Builder(YamlTree &tree)
        : m_tree(tree) {}

    void OnDocumentStart(const YAML::Mark &) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &, YAML::anchor_t anchor) override {
        YamlNode node;
        node.scalar = {.type = YamlScalar::Null, .text = "None"};
        attach(add(std::move(node), anchor));
    }
    void OnAlias(const YAML::Mark &, YAML::anchor_t anchor) override {
        const auto found = m_anchors.find(anchor);
        if (found == m_anchors.end())
            throw BeyondLimit{"an alias stands inside its own anchor"};
        m_fromAliases += m_tree.nodes[found->second].expanded;
        if (m_fromAliases > aliasLimit)
            throw BeyondLimit{"its aliases stand for more than 10,000 values"};
        attach(found->second);
    }
    void OnScalar(const YAML::Mark &, const std::string &tag, YAML::anchor_t anchor,
                  const std::string &value) override {
        YamlNode node;
        if (tag == "?")
            node.scalar = resolvePlain(value);
        else if (tag == "!" || tag.empty())
            node.scalar = {.type = YamlScalar::Str, .text = value};
        else
            node.scalar = resolveTagged(tag, value);
        if (node.scalar.type == YamlScalar::Invalid)
            refuse(node.scalar.text);
        attach(add(std::move(node), anchor));
    }
    void OnSequenceStart(const YAML::Mark &, const std::string &tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(YamlNode::Sequence, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &, const std::string &tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(YamlNode::Mapping, tag, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    void refuse(const std::string &why) {
        if (m_tree.refusal.empty())
            m_tree.refusal = why;
    }

    std::uint32_t add(YamlNode node, YAML::anchor_t anchor) {
        if (m_tree.nodes.size() >= nodeLimit)
            throw BeyondLimit{"it holds more than 200,000 values"};
        m_tree.nodes.push_back(std::move(node));
        const auto id = static_cast<std::uint32_t>(m_tree.nodes.size() - 1);
        // A collection can be named only once it is complete: see close().
        if (anchor != YAML::NullAnchor && m_tree.nodes[id].kind == YamlNode::Scalar)
            m_anchors[anchor] = id;
        return id;
    }

    void attach(std::uint32_t id) {
        if (m_open.empty()) {
            m_tree.root = id;
            return;
        }
        YamlNode &parent = m_tree.nodes[m_open.back().id];
        parent.children.push_back(id);
        parent.expanded += m_tree.nodes[id].expanded;
        if (parent.kind == YamlNode::Mapping && parent.children.size() % 2 == 1 &&
            m_tree.nodes[id].kind != YamlNode::Scalar)
            refuse("while constructing a mapping: found unhashable key");
    }

    void open(YamlNode::Kind kind, const std::string &tag, YAML::anchor_t anchor) {
        if (m_open.size() >= documentDepthLimit)
            throw BeyondLimit{"its values are nested more than 128 deep"};
        YamlNode node;
        node.kind = kind;
        constexpr std::string_view standard = "tag:yaml.org,2002:";
        if (tag.starts_with(standard)) {
            const std::string name = tag.substr(standard.size());
            node.isSet = name == "set";
        } else if (tag.size() > 1) {
            refuse("could not determine a constructor for the tag '" + tag + "'");
        }
        m_open.push_back({add(std::move(node), YAML::NullAnchor), anchor});
    }

    void close() {
        const Open closed = m_open.back();
        m_open.pop_back();
        if (closed.anchor != YAML::NullAnchor)
            m_anchors[closed.anchor] = closed.id;
        attach(closed.id);
    }

    struct Open {
        std::uint32_t id;
        YAML::anchor_t anchor;
    };
    YamlTree &m_tree;
    std::vector<Open> m_open;
    std::map<YAML::anchor_t, std::uint32_t> m_anchors;
    std::uint64_t m_fromAliases = 0;
};

/// A stream over bytes that are not ours, without copying them.
class ViewBuffer : public std::streambuf {
public:
    explicit ViewBuffer(std::string_view text) {
        char *begin = const_cast<char *>(text.data()); // streambuf's interface; nothing writes
        setg(begin, begin, begin + text.size());
    }
};

/// The reason for which Python does not even begin to parse, if any.
std::optional<std::string> unacceptable(std::string_view bytes) {
    if (const auto at = firstInvalidUtf8(bytes))
        return "'utf-8' codec can't decode a byte in position " + std::to_string(*at);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const auto byte = static_cast<unsigned char>(bytes[at]);
        if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F)
            return "unacceptable character in position " + std::to_string(at) + ": special characters are not allowed";
    }
    return std::nullopt;
}

} // namespace

Result<YamlTree> readYaml(std::string_view path, std::string_view bytes) {
    const auto beyond = [&](const char *why) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the document",
                     .where = std::string(path),
                     .why = why,
                     .hint = "Such files are not read, so that one file cannot use up the memory"});
    };
    if (bytes.size() > documentSizeLimit)
        return beyond("it is larger than 64 MB");
    YamlTree tree;
    if (auto why = unacceptable(bytes)) {
        tree.refusal = std::move(*why);
        return tree;
    }
    try {
        ViewBuffer buffer(bytes);
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        Builder builder(tree);
        if (parser.HandleNextDocument(builder)) {
            YamlTree second;
            Builder other(second);
            if (parser.HandleNextDocument(other))
                tree.refusal = "expected a single document in the stream";
        }
    } catch (const BeyondLimit &limit) {
        return beyond(limit.why);
    } catch (const YAML::Exception &e) {
        // yaml-cpp counts lines from 0.
        tree.refusal =
            "line " + std::to_string(e.mark.line + 1) + ", column " + std::to_string(e.mark.column + 1) + ": " + e.msg;
    }
    return tree;
}

const YamlNode *YamlTree::find(const YamlNode &mapping, std::string_view key) const {
    return find(mapping, key, 0);
}

const YamlNode *YamlTree::find(const YamlNode &mapping, std::string_view key, int depth) const {
    if (mapping.kind != YamlNode::Mapping || depth > mergeDepthLimit)
        return nullptr;
    const auto isKey = [&](std::size_t i, std::string_view name) {
        const YamlNode &candidate = nodes[mapping.children[i]];
        return candidate.kind == YamlNode::Scalar && candidate.scalar.type == YamlScalar::Str &&
               candidate.scalar.text == name;
    };
    for (std::size_t i = mapping.children.size() / 2 * 2; i > 0; i -= 2) {
        if (isKey(i - 2, key))
            return &nodes[mapping.children[i - 1]];
    }
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
        if (!isKey(i, "<<"))
            continue;
        const YamlNode &merged = nodes[mapping.children[i + 1]];
        if (const YamlNode *found = find(merged, key, depth + 1))
            return found;
        if (merged.kind != YamlNode::Sequence)
            continue;
        for (std::uint32_t child : merged.children) {
            if (const YamlNode *found = find(nodes[child], key, depth + 1))
                return found;
        }
    }
    return nullptr;
}

std::string_view YamlTree::typeName(const YamlNode &node) {
    if (node.kind == YamlNode::Sequence)
        return "list";
    if (node.kind == YamlNode::Mapping)
        return node.isSet ? "set" : "dict";
    return pythonTypeName(node.scalar.type);
}

std::string YamlTree::text(const YamlNode &node) const {
    return node.kind == YamlNode::Scalar ? node.scalar.text : repr(node);
}

std::string YamlTree::repr(const YamlNode &node) const {
    if (node.kind == YamlNode::Scalar)
        return node.scalar.type == YamlScalar::Str ? pythonQuoted(node.scalar.text) : node.scalar.text;
    const bool mapping = node.kind == YamlNode::Mapping;
    std::string result(1, mapping ? '{' : '[');
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i != 0)
            result += mapping && i % 2 == 1 ? ": " : ", ";
        result += repr(nodes[node.children[i]]);
    }
    return result + (mapping ? '}' : ']');
}

} // namespace ra::ingest
