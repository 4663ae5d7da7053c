import FHIRDefinitions
import FHIRSearch
import FHIRStore

/// What the `$everything` of patients, encounters and groups have in common: their parameters and their answer.
struct EverythingCall {
    let call: OperationCall

    /// Parameters of all three; `_cursor` is what page links carry.
    static let parameters: [OperationDeclaration.Parameter] = [
        .init(.input, "_since", 0, 1, "instant", "Only resources changed at this time or later."),
        .init(.input, "_type", 0, nil, "code", "Only resources of these types; several with commas between."),
        .init(.input, "_count", 0, 1, "integer", "Resources on a page."),
        .init(.input, "_cursor", 0, 1, "string", "Where a page begins; part of the links that the server makes."),
        .init(
            .output, "return", 1, 1, "Bundle",
            "A searchset: the focus, its compartment, then what these refer to; in pages."),
    ]

    /// Parameters about the time of care, for patients and groups.
    static let careParameters: [OperationDeclaration.Parameter] = [
        .init(.input, "start", 0, 1, "date", "Only care on this day or later; resources without a date stay in."),
        .init(.input, "end", 0, 1, "date", "Only care on this day or before; resources without a date stay in."),
    ]

    func answer(_ focus: EverythingRequest.Focus) async throws -> OperationAnswer {
        let request = try await request(focus)
        let page = try await call.store.everything(request)
        let pairs = call.input.pairs(without: ["_cursor"])
        let writer = SearchsetWriter(store: call.store, base: call.base, room: call.room)
        var content = SearchsetWriter.Content(address: call.address(of: "everything"))
        let contents = call.binaryContents
        content.matches = try await contents.complete(page.matches)
        content.included = try await contents.complete(page.included)
        content.total = page.total
        var items = QueryItems(pairs.map { QueryItems.Item($0.name, $0.value) })
        content.selfQuery = items.text
        if let next = page.next {
            let link = try await call.store.link(to: next, call: identity)
            items.items.append(QueryItems.Item("_cursor", link))
            content.nextQuery = items.text
        }
        return OperationAnswer(resource: try writer.json(content))
    }

    /// What a page link belongs to: the address and everything asked for but the size of the page.
    private var identity: String {
        let pairs = call.input.pairs(without: ["_cursor", "_count"])
        let address = String(call.address(of: "everything").dropFirst(call.base.count))
        return address + "?" + QueryItems(pairs.map { QueryItems.Item($0.name, $0.value) }).text
    }

    private func request(_ focus: EverythingRequest.Focus) async throws -> EverythingRequest {
        let input = call.input
        let greatest = call.limits.greatestPageCount
        let count = input.integer("_count") ?? greatest
        guard count > 0 else { throw input.error("the parameter _count is at least 1", at: "_count") }
        var request = EverythingRequest(focus: focus, count: min(count, greatest))
        request.since = try input.time("_since")?.low
        request.care = try care()
        request.types = try types()
        if let cursor = input.string("_cursor") {
            request.position = try await call.store.everythingPosition(cursor, call: identity)
        }
        return request
    }

    private func care() throws -> DateRange? {
        let (start, end) = (try call.input.time("start"), try call.input.time("end"))
        if start == nil, end == nil { return nil }
        let range = DateRange(low: start?.low ?? DateRange.distantPast, high: end?.high ?? DateRange.distantFuture)
        guard range.low < range.high else { throw call.input.error("end lies before start", at: "end") }
        return range
    }

    private func types() throws -> Set<TypeID>? {
        let names = call.input.strings("_type").flatMap { $0.split(separator: ",") }
        if names.isEmpty { return nil }
        var types: Set<TypeID> = []
        for name in names {
            guard let type = call.definitions.resourceType(named: String(name)) else {
                throw call.input.error("the parameter _type names no resource type", at: "_type")
            }
            types.insert(type)
        }
        return types
    }
}
