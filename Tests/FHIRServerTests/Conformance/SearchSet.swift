import FHIRServerTesting
import JSONTape

/// The answer to a search, read back.
struct SearchSet {
    let json: JSONNode

    struct Entry {
        var type: String
        var id: String
        var mode: String
        var fullURL: String
    }

    var entries: [Entry] {
        (json["entry"]?.items ?? []).map { entry in
            Entry(
                type: entry["resource"]?["resourceType"]?.string ?? "", id: entry["resource"]?["id"]?.string ?? "",
                mode: entry["search"]?["mode"]?.string ?? "", fullURL: entry["fullUrl"]?.string ?? "")
        }
    }

    var total: Int? { json["total"]?.integer }

    /// Ids of the matches in order.
    var ids: [String] { entries.filter { $0.mode == "match" }.map(\.id) }

    /// `Type/id` of the entries with a mode, sorted.
    func addresses(_ mode: String) -> [String] {
        entries.filter { $0.mode == mode }.map { "\($0.type)/\($0.id)" }.sorted()
    }

    func link(_ relation: String) -> String? {
        json["link"]?.items.first { $0["relation"]?.string == relation }?["url"]?.string
    }

    var relations: [String] { (json["link"]?.items ?? []).compactMap { $0["relation"]?.string } }
}

extension TestClient {
    /// Runs a search by its address, absolute or relative to the base.
    func search(_ address: String) async throws -> SearchSet {
        let absolute = "http://127.0.0.1:\(port)"
        let path = address.hasPrefix(absolute) ? String(address.dropFirst(absolute.count)) : address
        return SearchSet(json: try await get(path).json)
    }

    /// All pages of a search, by its `next` links.
    func walk(_ address: String) async throws -> [SearchSet] {
        var pages = [try await search(address)]
        while let next = pages.last?.link("next"), pages.count < 200 { pages.append(try await search(next)) }
        return pages
    }

    /// Stores resources under the ids they bring.
    func putAll(_ resources: [(address: String, json: String)]) async throws {
        let entries = resources.map { resource in
            #"{"resource":\#(resource.json),"request":{"method":"PUT","url":"\#(resource.address)"}}"#
        }
        let bundle = #"{"resourceType":"Bundle","type":"transaction","entry":[\#(entries.joined(separator: ","))]}"#
        let answer = try await post("", bundle)
        guard answer.status == 200 else { throw Refused(text: answer.text) }
    }

    struct Refused: Error {
        var text: String
    }

    /// Stores one resource for each JSON text, which names its type and id.
    func putAll(_ texts: [String]) async throws {
        try await putAll(
            texts.map { text in
                let node = JSONNode(try Document.parse(text))
                return ("\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")", text)
            })
    }
}
