import Clinic
import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// The rules that a clinic may change: `$clinic-settings`, `$clinic-setting-set`.
@Suite struct SettingTests {
    @Test func everySettingIsListedAndTakesItsOwnStandard() async throws {
        try await ClinicServer.with { server in
            let listed = try await server.client.get("$clinic-settings")
            #expect(listed.status == 200)
            for setting in try listed.json["parameter"]?.items ?? [] {
                let parts = setting["part"]?.items ?? []
                func part(_ name: String) -> String? {
                    parts.first { $0["name"]?.string == name }.flatMap { $0["valueString"] ?? $0["valueCode"] }?.string
                }
                let name = try #require(part("name"))
                let standard = try #require(part("standard"))
                #expect(part("value") == standard)
                let set = try await server.client.call(
                    "$clinic-setting-set",
                    [
                        #"{"name":"name","valueCode":"\#(name)"}"#,
                        #"{"name":"value","valueString":"\#(standard.replacing(#"""#, with: #"\""#))"}"#,
                    ])
                #expect(set.status == 200, "\(name): \(set.text)")
                let unset = try await server.client.call(
                    "$clinic-setting-set", [#"{"name":"name","valueCode":"\#(name)"}"#])
                #expect(unset.status == 200)
                let other = try await server.client.call(
                    "$clinic-setting-set",
                    [#"{"name":"name","valueCode":"\#(name)"}"#, #"{"name":"value","valueString":"null"}"#])
                #expect(other.status == 400 && other.issueCodes == ["invalid-parameter"], "\(name): \(other.text)")
            }
        }
    }

    @Test(arguments: [
        [#"{"name":"name","valueCode":"no.such.setting"}"#],
        [#"{"name":"name","valueCode":"no.such.setting"}"#, #"{"name":"value","valueString":"{"}"#],
        [#"{"name":"value","valueString":"1"}"#],
    ])
    func unknownSettingsAreRefused(_ parameters: [String]) async throws {
        try await ClinicServer.with { server in
            let answer = try await server.client.call("$clinic-setting-set", parameters)
            #expect(answer.status == 400 && answer.issueCodes == ["invalid-parameter"], "\(answer.text)")
        }
    }
}
