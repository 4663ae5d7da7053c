import Foundation
import Testing

/// SMART App Launch and Backend Services with clients of other makers, against the real program.
///
/// They are installed from PyPI beside the build; the browser is Chromium with its driver. Where these cannot be had
/// the tests say so and do nothing.
@Suite struct SMARTClientTests {
    @Test(arguments: ["smart_browser_checks", "authlib_checks"])
    func worksUnmodified(script: String) async throws {
        guard let python = try await PythonClients.shared.interpreter() else {
            print("\(script): skipped, because pip cannot install the clients here")
            return
        }
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder, [])
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Clients/\(script).py").path
        let end = try await PythonClients.run(
            [python, file, "http://127.0.0.1:\(server.httpPort)", try MartletProcess.path(of: "martlet"), folder],
            log: folder + "/\(script).log")
        #expect(end.status == 0, "\(end.output)")
        let last = end.output.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("ok") || last.hasPrefix("skipped"), "\(end.output)")
        if last.hasPrefix("skipped") { print("\(script): \(last)") }
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}
