package import FHIRDefinitions
package import JSONTape

/// One entry of a batch or transaction (R4 bundle.html, http#transaction).
package struct BundleEntry: Sendable {
    /// HTTP verbs that an entry may ask for.
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Position in the bundle, from 0.
    package var position: Int
    package var fullURL: String?
    package var method: Method
    /// `request.url`, relative to the base.
    package var url: String
    package var resource: ResourceInput?
    package var ifMatch: String?
    package var ifNoneMatch: String?
    package var ifNoneExist: String?
    package var ifModifiedSince: String?
    /// Why the entry of a batch cannot be run: it fails alone then. Always nil in a transaction.
    package var fault: StoreError?

    /// Path of the url, without its query: `["Patient", "1"]`.
    package var path: [String] {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").map(String.init)
    }

    /// What follows the question mark, if anything does.
    package var query: String? {
        url.firstIndex(of: "?").map { String(url[url.index(after: $0)...]) }
    }

    /// FHIRPath of this entry.
    package var expression: String { "Bundle.entry[\(position)]" }

    /// FHIRPath of an element of this entry.
    package func expression(_ element: String) -> String { "Bundle.entry[\(position)].\(element)" }
}

/// A batch or transaction as parsed.
package struct RequestBundle: Sendable {
    package enum Kind: String, Sendable { case batch, transaction }

    package var kind: Kind
    package var entries: [BundleEntry]

    /// Reads a Bundle; throws `StoreError` (`.invalidRequest`) that names the element at fault.
    ///
    /// Where an entry of a batch is at fault, only that entry is marked: the others do not depend on it.
    ///
    /// - Parameter base: absolute address of the FHIR API; urls of entries may begin with it.
    package init(_ node: JSONNode, definitions: FHIRDefinitions, base: String? = nil) throws {
        guard node["resourceType"]?.string == "Bundle" else {
            throw StoreError(.invalidRequest, "a Bundle is expected here", expression: "Bundle")
        }
        guard let kind = node["type"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw StoreError(
                .invalidRequest,
                "the base takes bundles of type batch and transaction; POST others to Bundle, where they are kept",
                expression: "Bundle.type", details: "bundle-type")
        }
        self.kind = kind
        entries = []
        if let list = node["entry"] {
            guard list.isArray else {
                throw StoreError(.invalidRequest, "entry is an array", expression: "Bundle.entry")
            }
            entries.reserveCapacity(list.count)
            for (position, entry) in list.elements.enumerated() {
                do throws(StoreError) {
                    entries.append(try Self.entry(entry, position, definitions, base: base))
                } catch {
                    guard kind == .batch else { throw error }
                    entries.append(BundleEntry(position: position, method: .get, url: "", fault: error))
                }
            }
        }
    }

    private static func entry(
        _ node: JSONNode, _ position: Int, _ definitions: FHIRDefinitions, base: String?
    ) throws(StoreError) -> BundleEntry {
        func fail(_ message: String, _ element: String) -> StoreError {
            StoreError(.invalidRequest, message, expression: "Bundle.entry[\(position)].\(element)")
        }
        guard let request = node["request"], request.isObject else {
            throw fail("every entry of a batch or transaction has a request", "request")
        }
        guard let method = request["method"]?.string.flatMap(BundleEntry.Method.init(rawValue:)) else {
            throw fail("request.method is GET, HEAD, POST, PUT, PATCH or DELETE", "request.method")
        }
        guard let url = request["url"]?.string else { throw fail("request.url is missing", "request.url") }
        var entry = BundleEntry(
            position: position, fullURL: node["fullUrl"]?.string, method: method,
            url: Self.relative(url, base: base), resource: nil,
            ifMatch: request["ifMatch"]?.string, ifNoneMatch: request["ifNoneMatch"]?.string,
            ifNoneExist: request["ifNoneExist"]?.string, ifModifiedSince: request["ifModifiedSince"]?.string)
        if let resource = node["resource"] {
            guard let name = resource["resourceType"]?.string, let type = definitions.resourceType(named: name) else {
                throw fail("the resource names no known resource type", "resource.resourceType")
            }
            entry.resource = ResourceInput(type: type, document: resource.document, index: resource.index)
        } else if method == .post && !entry.isCall || method == .put || method == .patch {
            throw fail("\(method.rawValue) needs a resource", "resource")
        }
        return entry
    }

    /// Entries may hold addresses with or without our own base.
    private static func relative(_ url: String, base: String?) -> String {
        if let base, url.hasPrefix(base), url.dropFirst(base.count).first.map({ $0 == "/" || $0 == "?" }) ?? true {
            return String(url.dropFirst(base.count).drop { $0 == "/" })
        }
        return url.first == "/" ? String(url.dropFirst()) : url
    }
}
