import FHIRDefinitions
import FHIRSearch

/// Writes one sort key as an SQL expression over a row.
///
/// Of several values the first in the direction counts (R4 search.html#sort).
struct SortKeyExpression {
    let index: TypeIndex
    let table: ResourceTable
    let alias: String
    let isDescending: Bool

    /// - Parameter predicate: what is searched for, which gives each row its score.
    func key(
        _ sort: SearchRequest.SortKey, _ predicate: SearchPredicate, writer: inout PredicateWriter
    ) -> SearchOrder.Key {
        if sort.isScore {
            var key = computed(writer.score(predicate, alias), "float4")
            key.isNullable = false
            return key
        }
        if let via = sort.via { return chained(via, sort, writer: &writer) }
        let slots = sort.parameter.slots.map { index.slots[$0] }
        if slots.count == 1, let slot = slots.first {
            switch slot.storage {
            case .idColumn: return column("\(alias).id", "text", isNullable: false)
            case .updatedColumn:
                return column("\(alias).updated", "timestamptz", isNullable: false, isIndexed: true)
            case .dateColumns: return mainDate()
            case .quantityColumns: return column("\(alias).vq", "numeric")
            default: break
            }
        }
        let numbers = slots.map { String($0.number) }.joined(separator: ", ")
        let from = "s WHERE s.rid = \(alias).rid AND s.param IN (\(numbers)) AND"
        let end = isDescending ? "hi" : "lo"
        switch sort.parameter.kind {
        case .string:
            return string(slots)
        case .date:
            let row = "(SELECT \(first)(s.\(end)) FROM \(table.ranges) \(from) s.ckey IS NULL)"
            let date = slots.contains { $0.storage == .dateColumns }
            return computed(date ? either(row, "\(alias).date_lo") : row, "timestamptz")
        case .number, .quantity:
            let row = "(SELECT \(first)(s.\(end)) FROM \(table.numbers) \(from) s.ckey IS NULL)"
            let quantity = slots.contains { $0.storage == .quantityColumns }
            return computed(quantity ? either(row, "\(alias).vq") : row, "numeric")
        default:
            return content(slots, writer: &writer)
        }
    }

    /// The type's main date, which an index has in order.
    func mainDate() -> SearchOrder.Key {
        var key = column("\(alias).date_lo", "timestamptz", isIndexed: true)
        key.isMainDate = true
        return key
    }

    /// The aggregate that picks the first of several values.
    private var first: String { isDescending ? "max" : "min" }

    private func either(_ left: String, _ right: String) -> String {
        "\(isDescending ? "greatest" : "least")(\(left), \(right))"
    }

    private func column(
        _ expression: String, _ type: String, isNullable: Bool = true, isIndexed: Bool = false
    ) -> SearchOrder.Key {
        SearchOrder.Key(
            expression: expression, type: type, isDescending: isDescending, isNullable: isNullable,
            isIndexed: isIndexed)
    }

    private func computed(_ expression: String, _ type: String) -> SearchOrder.Key {
        var key = column(expression, type)
        key.isComputed = true
        return key
    }

    /// Names are sorted by family name, if they have one as a parameter; every other string by any of its parts.
    private func string(_ slots: [IndexSlot]) -> SearchOrder.Key {
        let family = slots.first { $0.paths.allSatisfy { $0.steps.last?.property == "family" } }
        let relevant = family.map { [$0] } ?? slots
        let numbers = relevant.map { String($0.number) }.joined(separator: ", ")
        let rows = "\(table.strings) s WHERE s.rid = \(alias).rid AND s.param IN (\(numbers))"
        var key = computed("(SELECT \(first)(s.norm) FROM \(rows))", "text")
        if relevant.count == 1 {
            key.stringParameter = relevant[0].number
            key.isIndexed = true
        }
        return key
    }

    // MARK: - From the content

    /// Tokens, references and uris are hashed in the index, so the content gives their text.
    private func content(_ slots: [IndexSlot], writer: inout PredicateWriter) -> SearchOrder.Key {
        let paths = slots.flatMap(\.paths)
        let values = values(paths, writer: &writer)
        if paths.contains(where: \.existsAndNotFalse) {
            // A question that every resource answers: what has no value counts as false.
            return computed(
                "(SELECT CASE WHEN bool_or(v <> 'false') THEN 'true' ELSE 'false' END FROM (\(values)) x)", "text")
        }
        return computed("(SELECT \(first)(lower(v) COLLATE \"C\") FROM (\(values)) x)", "text")
    }

    /// A query for the texts at some paths, as column `v`.
    private func values(_ paths: [BoundPath], writer: inout PredicateWriter) -> String {
        paths.map { path in
            let bound = writer.bind(text: Self.jsonPath(path))
            return "SELECT j #>> '{}' AS v FROM jsonb_path_query(\(alias).content, \(bound)::jsonpath) j"
        }.joined(separator: " UNION ALL ")
    }

    /// The SQL/JSON path to the text by which values are sorted.
    private static func jsonPath(_ path: BoundPath) -> String {
        let steps = path.steps.map { step in
            var text = ".\"\(step.property)\""
            if let position = step.position { text += "[\(position)]" }
            switch step.filter {
            case .memberEquals(let name, let value)?: text += " ? (@.\"\(name)\" == \"\(value)\")"
            case .hasExtension(let url)?: text += " ? (@.extension.url == \"\(url)\")"
            case nil: break
            }
            return text
        }
        let rest =
            switch path.leafName {
            case "CodeableConcept": ".coding.code"
            case "Coding": ".code"
            case "Identifier", "ContactPoint": ".value"
            case "Reference": ".reference"
            default: ""
            }
        return "$" + steps.joined() + rest
    }

    // MARK: - Of another resource

    /// `_sort=patient.family`: the key of the resource referred to, found by the id in the reference. That it is
    /// meant, and not one of another server with the same id, its hash tells.
    private func chained(
        _ via: SearchRequest.SortKey.Via, _ sort: SearchRequest.SortKey, writer: inout PredicateWriter
    ) -> SearchOrder.Key {
        let target = writer.tables.table(via.target.type)
        var inner = SearchRequest.SortKey(parameter: sort.parameter, isDescending: isDescending)
        inner.via = nil
        let key = SortKeyExpression(index: via.target, table: target, alias: "k", isDescending: isDescending)
            .key(inner, .always, writer: &writer)
        let texts = values(via.parameter.slots.flatMap { index.slots[$0].paths }, writer: &writer)
        let isMeant = via.links.map { link in
            switch link {
            case .subject: "k.self = \(alias).subj"
            case .keys(let constant): "(k.self # \(writer.bind(int64: constant))) = ANY(\(alias).keys)"
            }
        }
        let id = "substring(v from '(?:^|/)\(target.typeName)/([^/]+)(?:/_history/[^/]*)?$')"
        let all = """
            (SELECT \(first)(\(key.expression)) FROM (SELECT \(id) AS id FROM (\(texts)) x) r
              JOIN \(target.current) k ON k.id = r.id WHERE \(isMeant.joined(separator: " OR ")))
            """
        return computed(all, key.type)
    }
}
