import JSONTape

/// Reads SearchParameters and CompartmentDefinitions into rows.
enum SearchParameterReader {
    /// The search parameters that a server can act on, by URL.
    ///
    /// Left out: the package's examples, definitions without a base, and definitions without an expression except
    /// those every server interprets itself (`_text`, `_content`, `_query`, `_filter`).
    static func searchParameters(of package: CorePackage) throws -> [SearchParameterRow] {
        let resourceCount = package.all("StructureDefinition").count { definition in
            definition["kind"]?.string == "resource" && definition["derivation"]?.string == "specialization"
                && definition["abstract"]?.bool == false
        }
        let rows = package.all("SearchParameter").compactMap { row($0, resourceCount: resourceCount) }
        let urls = Set(rows.map(\.url))
        for row in rows {
            for component in row.components where !urls.contains(component.definition) {
                throw GeneratorError(message: "\(row.url) has an unknown component \(component.definition)")
            }
        }
        return rows.sorted { $0.url < $1.url }
    }

    private static func row(_ node: JSONNode, resourceCount: Int) -> SearchParameterRow? {
        guard let url = node["url"]?.string, let code = node["code"]?.string, let type = node["type"]?.string,
            !url.lastPathComponent.hasPrefix("example"),
            let expression = node["expression"]?.string
                ?? (code.hasPrefix("_") ? "" : nil)
        else { return nil }
        let bases = node.strings("base")
        guard !bases.isEmpty else { return nil }
        // The package spells "any type" as a list of all but one of them (Parameters cannot be pointed at).
        let targets = node.strings("target")
        return SearchParameterRow(
            url: url, code: code, type: type, expression: expression,
            usage: node["xpathUsage"]?.string ?? "normal", bases: bases,
            targets: targets.count >= resourceCount - 1 ? [] : targets,
            comparators: node.strings("comparator"), modifiers: node.strings("modifier"),
            multipleOr: node["multipleOr"]?.bool ?? true, multipleAnd: node["multipleAnd"]?.bool ?? true,
            components: (node["component"]?.items ?? []).map { component in
                SearchParameterRow.Component(
                    definition: component["definition"]?.string?.withoutVersion ?? "",
                    expression: component["expression"]?.string ?? "")
            })
    }

    /// The compartments, by code; types that are never members are left out.
    static func compartments(of package: CorePackage) -> [CompartmentRow] {
        let rows = package.all("CompartmentDefinition").filter { node in
            node["url"]?.string?.lastPathComponent.hasPrefix("example") == false
        }.map { node in
            CompartmentRow(
                code: node["code"]?.string ?? "",
                members: (node["resource"]?.items ?? []).compactMap { resource in
                    let parameters = resource.strings("param")
                    guard let code = resource["code"]?.string, !parameters.isEmpty else { return nil }
                    return CompartmentRow.Member(resource: code, parameters: parameters)
                })
        }
        return rows.sorted { $0.code < $1.code }
    }
}
