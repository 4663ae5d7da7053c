import Glibc

/// HealthSamurai's iteration, over and over on each connection: nine resources are created, each of which refers to
/// those before it, then all read, all updated, all deleted, the last one first: 36 requests.
struct CRUDIterations: Exchange {
    private struct State {
        var step = 0
        /// Ids that the server gave, in the order of `SamuraiResources.types`.
        var ids: [String] = []
    }

    private var states: [State] = []
    private let types = SamuraiResources.types

    /// Requests of one kind each, for the report.
    static let shapeNames = ["create", "read", "update", "delete"]

    mutating func appendRequest(to output: inout [UInt8], connection: Int) {
        while states.count <= connection { states.append(State()) }
        let state = states[connection]
        let (shape, position) = place(state.step)
        let path = "/fhir/\(types[position])"
        let request: HTTPRequest
        switch shape {
        case 0:
            let body = SamuraiResources.body(position, id: nil, ids: state.ids, isChanged: false)
            request = HTTPRequest("POST", path, body: body)
        case 1: request = HTTPRequest("GET", "\(path)/\(state.ids[position])")
        case 2:
            let id = state.ids[position]
            let body = SamuraiResources.body(position, id: id, ids: state.ids, isChanged: true)
            request = HTTPRequest("PUT", "\(path)/\(id)", body: body)
        default: request = HTTPRequest("DELETE", "\(path)/\(state.ids[position])")
        }
        output.append(contentsOf: request.bytes)
    }

    mutating func scan(_ bytes: UnsafeRawBufferPointer, connection: Int) -> Answer? {
        guard let response = HTTPResponse.scan(bytes) else { return nil }
        let (shape, _) = place(states[connection].step)
        let isExpected: Bool
        switch shape {
        case 0: isExpected = response.status == 201
        case 3: isExpected = response.status == 200 || response.status == 204
        default: isExpected = response.status == 200
        }
        advance(connection, isExpected, UnsafeRawBufferPointer(rebasing: bytes[..<response.body.lowerBound]))
        return Answer(
            byteCount: response.byteCount, status: response.status, isExpected: isExpected, shape: shape)
    }

    /// Which kind of request a step is, and about which resource.
    private func place(_ step: Int) -> (shape: Int, position: Int) {
        let shape = step / types.count
        let position = step % types.count
        return (shape, shape == 3 ? types.count - 1 - position : position)
    }

    /// An iteration that went wrong is not gone on with: what follows would fail for the same reason.
    private mutating func advance(_ connection: Int, _ isExpected: Bool, _ head: UnsafeRawBufferPointer) {
        let step = states[connection].step
        guard isExpected, step + 1 < types.count * 4 else {
            states[connection] = State()
            return
        }
        if step < types.count {
            guard let id = CreatedIDs.find(in: String(decoding: head, as: UTF8.self)).first else {
                states[connection] = State()
                return
            }
            states[connection].ids.append(id)
        }
        states[connection].step += 1
    }
}
