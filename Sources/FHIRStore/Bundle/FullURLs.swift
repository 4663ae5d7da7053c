import FHIRDefinitions

/// The `fullUrl`s of a transaction and what the standard says of them (R4 bundle.html#Bundle.entry.fullUrl).
struct FullURLs {
    private var positions: [String: Int] = [:]
    /// Those of entries that come to a resource, which references may mean.
    private var targets: Set<String> = []

    /// Throws `StoreError` naming the entry whose `fullUrl` breaks a rule.
    mutating func add(_ step: TransactionPlan.Step, definitions: FHIRDefinitions) throws {
        let entry = step.entry
        guard let fullURL = entry.fullURL else { return }
        func fault(_ message: String, _ details: String) -> StoreError {
            StoreError(.invalidRequest, message, expression: entry.expression("fullUrl"), details: details)
        }
        // R4 bundle.html, bdl-7.
        if let other = positions.updateValue(entry.position, forKey: fullURL) {
            throw fault("entries \(other) and \(entry.position) have the same fullUrl", "duplicate-identity")
        }
        // bdl-8
        if fullURL.contains("/_history/") { throw fault("a fullUrl names no version", "invalid-full-url") }
        if let address = RESTAddress(fullURL, definitions: definitions), let id = step.idToStore, address.id != id {
            throw fault("the fullUrl and the resource disagree about the id", "invalid-full-url")
        }
        switch step.action {
        case .create, .update, .patch: targets.insert(fullURL)
        case .delete, .answer: break
        }
    }

    /// Whether an entry has this `fullUrl`, with or without a fragment behind it, and comes to a resource.
    func hasTarget(_ text: String) -> Bool {
        targets.contains(text) || text.firstIndex(of: "#").map { targets.contains(String(text[..<$0])) } ?? false
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
    /// The id that the resource brings.
    fileprivate var idToStore: Substring? { resourceToStore == nil ? nil : entry.resourceID?[...] }
}
