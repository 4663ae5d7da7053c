import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import JSONTape

/// Extensions against their definitions (R4 extensibility.html, defining-extensions.html).
extension StructureWalk {
    static let standardPrefix: StaticString = "http://hl7.org/fhir/StructureDefinition/"

    /// Checks an extension by the definition that its URL names. Those that R4 does not have are looked for only where
    /// a report is wanted.
    mutating func checkDefinition(ofExtension object: Document.Index) {
        guard let member = document.member("url", of: object), document.isText(member) else { return }
        let isStandard = document.withString(member) { PrimitiveText.hasPrefix(Self.standardPrefix, $0) }
        guard isStandard || options.includesWarnings || demand.hasSource else { return }
        let url = document.string(member)
        // Parts of an extension have names of their own.
        guard url.utf8.contains(UInt8(ascii: ":")) else {
            // R4 extensibility.html#Extension: only parts of an extension have relative URLs.
            if options.includesWarnings, let place = ExtensionPlace(of: object, in: self), place.parentURL == nil {
                report(.unknownExtension, at: member, "the URL of an extension is absolute")
            }
            return
        }
        switch table(url) {
        case .success(let table)? where table.type == "Extension":
            check(Node(type: rules.known.extension, value: object), profile: table)
            checkParts(of: object, table)
            checkContext(of: object, table)
        case .success?: report(.unknownExtension, at: member, "the URL is that of a definition of another type")
        case .failure(let error)?:
            warn(.processing, at: member, "the extension's definition cannot be used: \(error.message)")
        case nil:
            if options.includesWarnings { progress.questions.ask(.definition(url)) }
            if isStandard, options.includesWarnings, !options.toleratesSlips {
                report(.unknownExtension, at: member, "the standard has no extension of this URL")
            } else {
                report.add(.information, .unknownExtension, at: member, "the extension \(url) is not known here")
            }
        }
    }

    /// The parts of an extension have to be ones that its definition names.
    private mutating func checkParts(of object: Document.Index, _ table: ProfileTable) {
        guard let list = document.member("extension", of: object), document.kind(list) == .array,
            let slices = table.root.children.first(where: { $0.name == "extension" })?.slices
        else { return }
        let known = slices.compactMap { $0.children.first { $0.name == "url" }?.fixed?.string }
        for part in JSONNode(document, list).elements {
            guard let url = part["url"]?.string, !url.contains(":"), !known.contains(url) else { continue }
            report.add(
                PublishedSlip.hasPart(url, table.url) ? options.slipSeverity : .error, .unknownExtension,
                at: part.index, "the extension \(table.url) has no part of this name")
        }
    }

    // MARK: - Context

    private mutating func checkContext(of object: Document.Index, _ table: ProfileTable) {
        guard let place = ExtensionPlace(of: object, in: self) else { return }
        if place.isModifier != table.root.isModifier {
            report(
                .unknownExtension, at: object,
                place.isModifier
                    ? "the extension is no modifier, so it stands in extension"
                    : "the extension is a modifier, so it stands in modifierExtension")
        }
        guard !table.contexts.isEmpty else { return }
        for context in table.contexts {
            switch context.kind {
            case "element":
                if place.matches(context.expression) { return }
                // R4's own snapshots have structuredefinition-fhir-type at the type, not at its code.
                if context.expression == "ElementDefinition.type.code", place.matches("ElementDefinition.type") {
                    return
                }
            case "extension": if place.parentURL == context.expression { return }
            default:
                guard let expression = try? engine.expression(context.expression) else { return }
                let wanted = place.container
                guard let found = try? evaluation.evaluate(expression) else { return }
                for item in found { if case .node(let node) = item, node.value == wanted { return } }
            }
        }
        let names = table.contexts.map(\.expression)
        report(
            .unknownExtension, at: object, "the extension may stand in \(names.joined(separator: ", ")) only")
    }
}

/// Where an extension stands, in the words of contexts.
private struct ExtensionPlace {
    /// Paths and types that the place is called by.
    private var names: Set<String> = []
    /// URL of the extension that it is part of.
    private(set) var parentURL: String?
    private(set) var isModifier = false
    private(set) var container: Document.Index

    /// Goes from the outermost resource to the extension; nil where something unknown is in the way.
    init?(of target: Document.Index, in walk: StructureWalk) {
        let (document, definitions) = (walk.document, walk.definitions)
        container = walk.root
        var type = walk.rootType
        var index = walk.root
        var path = definitions.name(of: type)
        names = Self.names(type, definitions).union([path])
        while index < target {
            var key = document.firstChild(index)
            let end = document.next(index)
            while key < end, document.next(key + 1) <= target { key = document.next(key + 1) }
            guard key < end, let property = definitions.property(named: document.string(key), of: type) else {
                return nil
            }
            let element = definitions[property.element]
            var value = key + 1
            if document.kind(value) == .array {
                value = document.firstChild(value)
                while document.next(value) <= target { value = document.next(value) }
            }
            if value == target {
                isModifier = element.name == "modifierExtension"
                return
            }
            guard document.kind(value) == .object else { return nil }
            container = value
            index = value
            if definitions.name(of: property.type) == "Extension", !property.isCompanion {
                parentURL = JSONNode(document, value)["url"]?.string
            } else if element.name != "value" || definitions.name(of: type) != "Extension" {
                parentURL = nil
            }
            if let name = document.member("resourceType", of: value).map({ document.string($0) }),
                let resource = definitions.resourceType(named: name)
            {
                type = resource
                path = name
                names = Self.names(resource, definitions)
            } else {
                let name = element.isChoice ? element.name + "[x]" : element.name
                path += "." + name
                names = Self.names(property.type, definitions).union([path, element.path])
                type = property.isCompanion ? definitions.type(named: "Element") ?? property.type : property.type
            }
            if element.isChoice, let plain = Self.withoutChoice(path) { names.insert(plain) }
        }
        return nil
    }

    func matches(_ expression: String) -> Bool {
        expression == "Element" || names.contains(expression)
    }

    private static func withoutChoice(_ path: String) -> String? {
        path.hasSuffix("[x]") ? String(path.dropLast(3)) : nil
    }

    /// The type and what it derives from.
    private static func names(_ type: TypeID, _ definitions: FHIRDefinitions) -> Set<String> {
        var names: Set<String> = []
        var next: TypeID? = type
        while let current = next {
            names.insert(definitions.name(of: current))
            next = definitions[current].base
        }
        return names
    }
}
