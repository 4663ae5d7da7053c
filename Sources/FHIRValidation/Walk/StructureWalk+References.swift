import FHIRDefinitions
import JSONTape

/// References: their form, what they may point at, and that fragments point at something (R4 references.html).
extension StructureWalk {
    /// What an element asks of a reference.
    struct ReferenceRule {
        /// Types that it may point at, as places in `RuleTable.targets`; any if there are none.
        var targets: Span16
        /// What `Reference.type` says.
        var declared: TypeID?
        /// The type that is let pass though it is none of them (`PublishedSlip`).
        var slip: TypeID?
    }

    /// Checks a Reference.
    ///
    /// - Parameter slip: the type that is let pass though it is none of the targets.
    mutating func checkReference(_ object: Document.Index, targets: Span16, slip: TypeID?) {
        var rule = ReferenceRule(targets: targets, slip: slip)
        rule.declared = declaredType(of: object, rule)
        guard let member = document.member("reference", of: object) else { return }
        let kind = document.kind(member)
        guard kind == .string || kind == .escapedString else { return }
        switch document.withString(member, { LiteralReference($0) }) {
        case nil: report(.value, at: member, "not a reference: Type/id, a URL, urn: or #id")
        case .fragment: checkFragment(member, rule)
        case .relative(let name):
            let type = document.withString(member) { text in
                definitions.resourceType(utf8: UnsafeBufferPointer(rebasing: text[name]))
            }
            if let type {
                checkTarget(type, at: member, rule)
            } else {
                report(.value, at: member, "the reference names no resource type of FHIR R4")
            }
        case .absolute:
            guard !targets.isEmpty || rule.declared != nil else { return }
            let address = document.withString(member) { RESTAddress($0, definitions) }
            if let type = entryType(member) ?? address?.type { checkTarget(type, at: member, rule) }
        }
    }

    private mutating func checkTarget(_ type: TypeID, at index: Document.Index, _ rule: ReferenceRule) {
        if let declared = rule.declared, declared != type {
            report(.value, at: index, "Reference.type is another type than that of the reference")
        } else if !allows(type, rule.targets) {
            reportTarget(type, at: index, rule)
        }
    }

    private func allows(_ type: TypeID, _ targets: Span16) -> Bool {
        if targets.isEmpty { return true }
        for place in targets.range where rules.targets[place] == type { return true }
        return false
    }

    private mutating func reportTarget(_ type: TypeID, at index: Document.Index, _ rule: ReferenceRule) {
        let (definitions, types) = (definitions, rules.targets)
        report.add(
            type == rule.slip ? options.slipSeverity : .error, .value, at: index,
            {
                let names = rule.targets.range.map { definitions.name(of: types[$0]) }
                return "the reference may point at \(names.joined(separator: ", ")) only"
            }())
    }

    /// What `Reference.type` says: the name of a type, or its URL.
    private mutating func declaredType(of object: Document.Index, _ rule: ReferenceRule) -> TypeID? {
        guard let member = document.member("type", of: object) else { return nil }
        let kind = document.kind(member)
        guard kind == .string || kind == .escapedString else { return nil }
        let text = document.string(member)
        let base = "http://hl7.org/fhir/StructureDefinition/"
        let name = text.hasPrefix(base) ? String(text.dropFirst(base.count)) : text
        guard let type = definitions.resourceType(named: name) else {
            // Types of logical models have addresses of their own.
            if name.utf8.contains(UInt8(ascii: ":")) { return nil }
            report(.value, at: member, "Reference.type is no resource type of FHIR R4")
            return nil
        }
        if !allows(type, rule.targets) { reportTarget(type, at: member, rule) }
        return type
    }

    // MARK: - Fragments

    /// `#id` points at a contained resource of the resource around it (ref-1); `#` at that resource itself.
    private mutating func checkFragment(_ member: Document.Index, _ rule: ReferenceRule) {
        var id = document.string(member)
        id.removeFirst()
        guard !id.isEmpty else {
            if scope.resource == scope.root {
                report(.invariant, at: member, "# alone means the resource around a contained one", rule: "ref-1")
            }
            return
        }
        guard let target = containedResources[id] else {
            report(.invariant, at: member, "there is no contained resource with this id", rule: "ref-1")
            return
        }
        guard let type = type(of: target) else { return }
        checkTarget(type, at: member, rule)
    }

    /// The contained resources of the current root, by id.
    private var containedResources: [String: Document.Index] {
        mutating get {
            if let known = scope.contained { return known }
            var found: [String: Document.Index] = [:]
            if let list = document.member("contained", of: scope.root) {
                for resource in JSONNode(document, list).elements {
                    guard let id = resource["id"]?.string, found[id] == nil else { continue }
                    found[id] = resource.index
                }
            }
            scope.contained = found
            return found
        }
    }

    private func type(of resource: Document.Index) -> TypeID? {
        guard let member = document.member("resourceType", of: resource) else { return nil }
        return document.withString(member) { definitions.resourceType(utf8: $0) }
    }

    // MARK: - Entries

    /// The type of the resource that an absolute reference means, if an entry of the bundle around has this full URL.
    private mutating func entryType(_ member: Document.Index) -> TypeID? {
        guard let bundle = scope.bundle else { return nil }
        let url = document.string(member)
        if let known = entries[bundle] { return known[url] }
        let types = entryTypes(of: bundle)
        entries[bundle] = types
        return types[url]
    }

    private func entryTypes(of bundle: Document.Index) -> [String: TypeID] {
        var types: [String: TypeID] = [:]
        guard let list = document.member("entry", of: bundle) else { return types }
        for entry in JSONNode(document, list).elements {
            guard let url = entry["fullUrl"]?.string, let name = entry["resource"]?["resourceType"]?.string else {
                continue
            }
            types[url] = definitions.resourceType(named: name)
        }
        return types
    }

    /// The last parts of a RESTful full URL are the type and the id of the resource (R4 bundle.html#bundle-unique).
    mutating func checkFullURL(of entry: Document.Index) {
        guard let member = document.member("fullUrl", of: entry), let resource = document.member("resource", of: entry),
            document.kind(member) == .string, document.kind(resource) == .object,
            !document.rawText(member).isEmpty
        else { return }
        let text = document.rawText(member)
        guard text.contains(UInt8(ascii: ":")) else {
            report(.value, at: member, "a full URL is absolute")
            return
        }
        guard let address = RESTAddress(text, definitions) else { return }
        if let type = type(of: resource), type != address.type {
            report(.invalid, at: member, "the full URL is that of another type of resource")
        } else if let id = document.member("id", of: resource),
            !document.isString(id, equalTo: UnsafeBufferPointer(rebasing: text[address.id]))
        {
            warn(.invalid, at: member, "the full URL does not end with the id of the resource")
        }
    }
}
