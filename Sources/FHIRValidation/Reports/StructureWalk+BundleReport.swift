import FHIRDefinitions
import JSONTape

/// What a report says of a bundle as a whole (R4 bundle.html, documents.html, messaging.html): who its entries are, and
/// where references between them lead.
extension StructureWalk {
    mutating func checkBundle(_ bundle: Document.Index) {
        let node = JSONNode(document, bundle)
        let index = BundleIndex(node, definitions)
        let type = node["type"]?.string ?? ""
        let isRequest = ["transaction", "batch"].contains(type)
        let isResponse = ["transaction-response", "batch-response"].contains(type)
        if !isRequest {
            for entry in index.entries { checkIdentity(of: entry, needsURL: !isResponse) }
        }
        switch type {
        case "searchset": checkSearchSet(node, index)
        case "document":
            checkReferences(of: index)
            checkDocument(index)
        case "message":
            checkReferences(of: index)
            checkMessage(index)
        case "collection": checkReferences(of: index)
        default: break
        }
    }

    /// Every resource but those that are no more than an answer has a full URL, and an id if that is RESTful
    /// (R4 bundle.html#bundle-unique, resource.html#id).
    private mutating func checkIdentity(of entry: BundleIndex.Entry, needsURL: Bool) {
        guard let resource = entry.resource, let type = entry.type else { return }
        if entry.fullURL == nil, needsURL, !["OperationOutcome", "Parameters"].contains(type) {
            report(.required, at: entry.node.index, "the entry has no fullUrl, which says who its resource is")
        }
        if entry.isRESTful, entry.id == nil {
            report(.invalid, at: resource.index, "the full URL is that of a server, so the resource has an id")
        }
    }

    // MARK: - Search sets

    /// Matches are of the types that were searched for, and all but outcomes have ids
    /// (R4 search.html#entries, bundle.html#searchset).
    private mutating func checkSearchSet(_ bundle: JSONNode, _ index: BundleIndex) {
        let link = (bundle["link"]?.items ?? []).first { $0["relation"]?.string == "self" }
        let types = searchedTypes(link?["url"]?.string ?? "")
        for entry in index.entries {
            guard let resource = entry.resource, let type = entry.type else { continue }
            switch entry.node["search"]?["mode"]?.string {
            case "outcome":
                if type != "OperationOutcome" {
                    report(.invalid, at: resource.index, "the outcome of a search is an OperationOutcome")
                }
            case "match":
                if !types.isEmpty, !types.contains(type) {
                    report(
                        .invalid, at: resource.index,
                        "the search was for \(types.joined(separator: ", ")), so this is no match")
                }
                checkID(of: entry, resource)
            case "include": checkID(of: entry, resource)
            default: break
            }
        }
    }

    private mutating func checkID(of entry: BundleIndex.Entry, _ resource: JSONNode) {
        if entry.id == nil { report(.required, at: resource.index, "what a search finds has an id") }
    }

    /// The types that the URL of a search asks for; none if it does not tell.
    private func searchedTypes(_ url: String) -> [String] {
        let path = url.prefix { $0 != "?" }
        for parameter in url.dropFirst(path.count + 1).split(separator: "&") where parameter.hasPrefix("_type=") {
            return parameter.dropFirst(6).split(separator: ",").map(String.init)
        }
        guard let name = path.split(separator: "/").last(where: { $0 != "_search" }).map(String.init),
            definitions.resourceType(named: name) != nil
        else { return [] }
        return [name]
    }

    // MARK: - References

    /// References lead to one entry, whose resource is of the type that they name.
    private mutating func checkReferences(of index: BundleIndex) {
        for entry in index.entries {
            guard let resource = entry.resource else { continue }
            for member in references(in: resource) {
                guard let text = member.string, case .entries(let found) = index.target(of: text, from: entry) else {
                    continue
                }
                if found.count > 1 {
                    report(.invalid, at: member.index, "the reference fits \(found.count) entries of the bundle")
                } else if let target = found.first, let type = index.entries[target].type, !text.contains(":"),
                    !text.hasPrefix(type + "/")
                {
                    report(.invalid, at: member.index, "the entry that the reference leads to is of the type \(type)")
                }
            }
        }
    }

    /// All `Reference.reference` in a resource, in the order of the text.
    private func references(in node: JSONNode) -> [JSONNode] {
        var found: [JSONNode] = []
        let end = document.next(node.index)
        var index = node.index
        while index < end {
            switch document.kind(index) {
            case .object:
                if let member = document.member("reference", of: index) {
                    let node = JSONNode(document, member)
                    if node.isString { found.append(node) }
                }
                index = document.firstChild(index)
            case .array: index = document.firstChild(index)
            default: index += 1
            }
        }
        return found
    }

    // MARK: - Documents and messages

    /// What a document's Composition refers to is in the bundle, and nothing else is (R4 documents.html#content).
    private mutating func checkDocument(_ index: BundleIndex) {
        guard let first = index.entries.first, let composition = first.resource, first.type == "Composition" else {
            return
        }
        var demanded: [JSONNode] = []
        for name: StaticString in ["subject", "encounter", "author", "custodian"] {
            demanded += composition[name]?.items ?? []
        }
        for attester in composition["attester"]?.items ?? [] { demanded += attester["party"]?.items ?? [] }
        for event in composition["event"]?.items ?? [] { demanded += event["detail"]?.items ?? [] }
        collectSections(of: composition, &demanded, depth: 0)
        checkPresence(of: demanded, first, index)
        for number in unreached(index) {
            report(
                .invalid, at: index.entries[number].node.index,
                "no reference leads from the Composition to this entry, or from it to one that is led to")
        }
    }

    private func collectSections(of owner: JSONNode, _ references: inout [JSONNode], depth: Int) {
        guard depth < 32 else { return }
        for section in owner["section"]?.items ?? [] {
            for name: StaticString in ["author", "focus", "entry"] { references += section[name]?.items ?? [] }
            collectSections(of: section, &references, depth: depth + 1)
        }
    }

    /// What a message is about is in it (R4 messaging.html#content).
    private mutating func checkMessage(_ index: BundleIndex) {
        guard let first = index.entries.first, let header = first.resource, first.type == "MessageHeader" else {
            return
        }
        checkPresence(of: header["focus"]?.items ?? [], first, index)
    }

    private mutating func checkPresence(
        of references: [JSONNode], _ source: BundleIndex.Entry, _ index: BundleIndex
    ) {
        for reference in references {
            guard let member = reference["reference"], let text = member.string,
                case .entries(let found) = index.target(of: text, from: source), found.isEmpty
            else { continue }
            report(.notFound, at: member.index, "the bundle has no entry that this refers to")
        }
    }

    /// Entries that no chain of references joins with the first one, whichever way they lead.
    ///
    /// Any string that is the full URL of an entry counts: attachments and canonicals refer too.
    private func unreached(_ index: BundleIndex) -> [Int] {
        var neighbours: [[Int]] = Array(repeating: [], count: index.entries.count)
        for (number, entry) in index.entries.enumerated() {
            guard let resource = entry.resource else { continue }
            var place = resource.index
            let end = document.next(place)
            while place < end {
                switch document.kind(place) {
                case .object, .array: place = document.firstChild(place)
                case .string, .escapedString:
                    if document.count(place) < 2048,
                        case .entries(let found) = index.target(of: document.string(place), from: entry)
                    {
                        for other in found where other != number {
                            neighbours[number].append(other)
                            neighbours[other].append(number)
                        }
                    }
                    place += 1
                default: place += 1
                }
            }
        }
        var isReached = Array(repeating: false, count: index.entries.count)
        var open = [0]
        isReached[0] = true
        while let number = open.popLast() {
            for other in neighbours[number] where !isReached[other] {
                isReached[other] = true
                open.append(other)
            }
        }
        // A style sheet is shown by nobody's reference (R4 documents.html#stylesheet).
        return isReached.indices.filter { !isReached[$0] && index.entries[$0].type != "Binary" }
    }
}
