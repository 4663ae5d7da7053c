package import FHIRDefinitions
package import JSONTape

/// Reads SearchParameter resources (R4 searchparameter.html) and says what cannot take effect, and why.
package struct SearchParameterReader: Sendable {
    /// Why a resource cannot take effect.
    package struct Problem: Hashable, Sendable {
        package enum Code: String, Hashable, Sendable {
            /// An element has a value that it must not have.
            case value
            /// R4 allows it, this server does not do it.
            case notSupported
            /// The url or code belongs to another parameter.
            case duplicate
        }

        package var code: Code
        /// For people; quotes urls, codes and type names at most.
        package var message: String
        /// FHIRPath of the element.
        package var element: String

        package init(code: Code, message: String, element: String) {
            self.code = code
            self.message = message
            self.element = element
        }
    }

    /// What a resource says.
    package struct Reading: Sendable {
        /// One parameter for each type; empty if the resource takes no effect.
        package var parameters: [CustomParameter] = []
        package var problems: [Problem] = []
    }

    /// It is a key in the database.
    private static let greatestURLLength = 1_000
    private static let greatestComponentCount = 8

    private let definitions: FHIRDefinitions
    /// Types of custom parameters by url, for components.
    private let kinds: [String: SearchParameterDefinition.Kind]

    /// - Parameter others: parameters that components may name besides the standard's.
    package init(definitions: FHIRDefinitions, others: [CustomParameter] = []) {
        self.definitions = definitions
        kinds = Dictionary(others.map { ($0.url, $0.kind) }) { first, _ in first }
    }

    /// Only parameters whose `status` is `active` take effect; of others nothing is asked.
    package func read(_ node: JSONNode) -> Reading {
        guard node["status"]?.string == "active" else { return Reading() }
        let report = Report()
        var parameters = read(node, report)
        if report.problems.isEmpty { parameters = compile(node, parameters, report) }
        return Reading(parameters: report.problems.isEmpty ? parameters : [], problems: report.problems)
    }

    private func read(_ node: JSONNode, _ report: Report) -> [CustomParameter] {
        let url = node["url"]?.string ?? ""
        let code = node["code"]?.string ?? ""
        let expression = node["expression"]?.string ?? ""
        let kind = node["type"]?.string.flatMap(SearchParameterDefinition.Kind.init(rawValue:))
        if kind == nil { report.add(.value, "the type is none that R4 has", "type") }
        if kind == .special { report.add(.notSupported, "parameters of type special cannot be added", "type") }
        if url.isEmpty { report.add(.value, "a search parameter needs a url", "url") }
        if url.utf8.count > Self.greatestURLLength { report.add(.value, "the url is too long", "url") }
        let bases = bases(node, report)
        let targets = targets(node, report)
        let components = components(node, kind, report)
        guard let kind, report.problems.isEmpty else { return [] }
        let derivedFrom = node["derivedFrom"]?.string.map(Self.withoutVersion)
        var parameters: [CustomParameter] = []
        for base in bases {
            let standard = definitions.searchParameter(code, of: base)
            if let standard, standard.url == url || standard.url == derivedFrom {
                // The standard's own, or a profile of it: that one is served already.
                if standard.type != kind {
                    report.add(.value, "the standard's parameter \(code) is of type \(standard.type.rawValue)", "type")
                }
                continue
            }
            if standard != nil {
                let name = definitions.name(of: base)
                report.add(.duplicate, "\(code) is a parameter of the standard on \(name)", "code")
                continue
            }
            parameters.append(
                CustomParameter(
                    url: url, code: code, kind: kind, base: base, expression: expression, targets: targets,
                    components: components))
        }
        if !parameters.isEmpty, !Self.isCode(code) {
            report.add(.value, "a code is a letter, then letters, digits, - and _, at most 64 in all", "code")
        }
        return parameters
    }

    /// A version behind `|` is of no account here.
    private static func withoutVersion(_ canonical: String) -> String {
        canonical.firstIndex(of: "|").map { String(canonical[..<$0]) } ?? canonical
    }

    /// Modifiers, chains and result parameters must stay apart from it.
    private static func isCode(_ code: String) -> Bool {
        let bytes = code.utf8
        let isLetter = { (byte: UInt8) in (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") }
        let isOther = { (byte: UInt8) in
            byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "_")
        }
        guard let first = bytes.first, isLetter(first), bytes.count <= 64 else { return false }
        return bytes.allSatisfy { isLetter($0) || isOther($0) }
    }

    // MARK: - Elements

    /// What was found so far.
    private final class Report {
        var problems: [Problem] = []

        func add(_ code: Problem.Code, _ message: String, _ element: String) {
            problems.append(Problem(code: code, message: message, element: "SearchParameter.\(element)"))
        }
    }

    /// The concrete types of `base`.
    private func bases(_ node: JSONNode, _ report: Report) -> [TypeID] {
        var bases: [TypeID] = []
        let items = node["base"]?.items ?? []
        if items.isEmpty { report.add(.value, "a search parameter needs a base", "base") }
        for (position, item) in items.enumerated() {
            let name = item.string ?? ""
            var found: [TypeID] = []
            if let type = definitions.resourceType(named: name) {
                found = [type]
            } else if name == "Resource" || name == "DomainResource", let type = definitions.type(named: name) {
                found = definitions.resourceTypes.filter { definitions.isKind($0, of: type) }
            } else {
                report.add(.value, "the base is no resource type of R4", "base[\(position)]")
            }
            for type in found where !bases.contains(type) { bases.append(type) }
        }
        return bases
    }

    private func targets(_ node: JSONNode, _ report: Report) -> [TypeID] {
        var targets: [TypeID] = []
        for (position, item) in (node["target"]?.items ?? []).enumerated() {
            let name = item.string ?? ""
            if let type = definitions.resourceType(named: name) {
                if !targets.contains(type) { targets.append(type) }
            } else if name == "Resource" || name == "DomainResource" {
                return []
            } else {
                report.add(.value, "the target is no resource type of R4", "target[\(position)]")
            }
        }
        return targets
    }

    private func components(
        _ node: JSONNode, _ kind: SearchParameterDefinition.Kind?, _ report: Report
    ) -> [CustomParameter.Component] {
        let items = node["component"]?.items ?? []
        guard kind == .composite else { return [] }
        guard (2...Self.greatestComponentCount).contains(items.count) else {
            report.add(.value, "a composite has 2 to \(Self.greatestComponentCount) components", "component")
            return []
        }
        var components: [CustomParameter.Component] = []
        for (position, item) in items.enumerated() {
            let url = Self.withoutVersion(item["definition"]?.string ?? "")
            let standard = definitions.searchParameters.first { $0.url == url }
            guard let kind = standard?.type ?? kinds[url] else {
                report.add(
                    .value, "the component's definition is no parameter that this server knows",
                    "component[\(position)].definition")
                continue
            }
            if kind == .composite || kind == .special {
                report.add(.notSupported, "components cannot be of type \(kind)", "component[\(position)].definition")
            }
            components.append(.init(kind: kind, expression: item["expression"]?.string ?? ""))
        }
        return components
    }

    /// Those parameters whose expressions compile. Where the base is abstract, types that lack the element are passed
    /// over, as long as one has it.
    private func compile(_ node: JSONNode, _ parameters: [CustomParameter], _ report: Report) -> [CustomParameter] {
        let named = Set((node["base"]?.items ?? []).compactMap(\.string))
        var compiled: [CustomParameter] = []
        var failure: (error: SearchError, typeName: String)?
        for parameter in parameters {
            let name = definitions.name(of: parameter.base)
            do throws(SearchError) {
                try CustomParameterCompiler(definitions: definitions, type: parameter.base).check(parameter)
                compiled.append(parameter)
            } catch {
                if named.contains(name) {
                    failure = (error, name)
                    break
                }
                failure = failure ?? (error, name)
            }
        }
        if let failure, compiled.isEmpty || named.contains(failure.typeName) {
            report.add(.notSupported, "\(failure.error.message) (on \(failure.typeName))", "expression")
        }
        return compiled
    }
}
