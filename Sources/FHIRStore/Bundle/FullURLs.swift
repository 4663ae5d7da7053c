import FHIRDefinitions

/// The `fullUrl`s of a transaction and what the standard says of them (R4 bundle.html#Bundle.entry.fullUrl).
struct FullURLs {
    private struct Holder {
        var position: Int
        /// Whether the entry comes to a resource, which references may mean.
        var isTarget: Bool
    }

    private var holders: [String: Holder] = [:]

    /// Throws `StoreError` naming the entry whose `fullUrl` breaks a rule.
    mutating func add(_ step: TransactionPlan.Step, definitions: FHIRDefinitions) throws {
        let entry = step.entry
        guard let fullURL = entry.fullURL else { return }
        func fault(_ message: String, _ details: String) -> StoreError {
            StoreError(.invalidRequest, message, expression: entry.expression("fullUrl"), details: details)
        }
        // R4 bundle.html, bdl-7.
        let holder = Holder(position: entry.position, isTarget: step.comesToResource)
        if let other = holders.updateValue(holder, forKey: fullURL) {
            throw fault("entries \(other.position) and \(entry.position) have the same fullUrl", "duplicate-identity")
        }
        guard fullURL.hasPrefix("http") else { return }
        // bdl-8
        if fullURL.contains("/_history/") { throw fault("a fullUrl names no version", "invalid-full-url") }
        if let address = RESTAddress(fullURL, definitions: definitions), let id = step.idToStore, address.id != id {
            throw fault("the fullUrl and the resource disagree about the id", "invalid-full-url")
        }
    }

    /// Whether an entry has this `fullUrl`, with or without a fragment behind it, and comes to a resource.
    func hasTarget(_ text: String) -> Bool {
        if let holder = holders[text] { return holder.isTarget }
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "#")) else { return false }
        return holders[String(text[..<mark])]?.isTarget ?? false
    }
}

/// An absolute address of the form `[base]/Type/id`.
struct RESTAddress {
    var base: Substring
    /// `Type/id`
    var path: Substring
    var id: Substring

    init?(_ url: String, definitions: FHIRDefinitions) {
        guard url.hasPrefix("http:") || url.hasPrefix("https:"), let last = url.lastIndex(of: "/"),
            last > url.startIndex,
            let middle = url[..<last].lastIndex(of: "/"),
            definitions.resourceType(named: String(url[url.index(after: middle)..<last])) != nil
        else { return nil }
        base = url[..<middle]
        path = url[url.index(after: middle)...]
        id = url[url.index(after: last)...]
    }
}

extension TransactionPlan.Step {
    fileprivate var comesToResource: Bool {
        switch action {
        case .create, .update, .patch: true
        case .delete, .answer: false
        }
    }

    /// The id that the resource brings.
    fileprivate var idToStore: Substring? { resourceToStore == nil ? nil : entry.resourceID?[...] }
}
