package import FHIRServerTesting
import ClinicWorkflows
import FHIRServer

/// A whole server with all workflows of the clinic, over a new database with the tables of all types.
package enum ClinicServer {
    @discardableResult
    package static func with<Result: Sendable>(
        _ configure: (inout TestServer.Options) -> Void = { _ in }, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        try await TestServer.with(
            { options in
                options.types = nil
                options.migrations = ClinicWorkflows.migrations
                options.operations = ClinicWorkflows.operations.map { WorkflowOperation($0) }
                configure(&options)
            }, body)
    }
}

extension TestClient {
    /// Calls an operation with parameters given as JSON texts: `call("Appointment/1/$cancel", [#"{"name": …}"#])`.
    package func call(
        _ path: String, _ parameters: [String] = [], key: String? = nil, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        let list = parameters.isEmpty ? "" : #","parameter":["# + parameters.joined(separator: ",") + "]"
        let keyHeader = key.map { [("Idempotency-Key", $0)] } ?? []
        return try await post(path, #"{"resourceType":"Parameters"\#(list)}"#, headers: headers + keyHeader)
    }
}
