import ClinicTesting
import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing
import FHIRStoreTesting

/// What takes two persons.
@Suite struct SecondPersonTests {
    @Test func verifiersAndApproversAreSomebodyElse() async throws {
        try await Till.with({ $0.needsToken = true }) { till in
            let tokens = AccessTokens(database: till.server.test.database)
            var people: [String: [(String, String)]] = [:]
            for name in ["ann", "ben"] {
                let token = try await tokens.issue(name: name, lifetimeSeconds: nil)
                people[name] = [("Authorization", "Bearer \(token)")]
            }
            let (ann, ben) = (people["ann"] ?? [], people["ben"] ?? [])
            let post = { (who: [(String, String)], path: String, parameters: [String]) in
                try await till.client.call(path, parameters, headers: who)
            }
            _ = try await till.client.put(
                "ChargeItem/c",
                #"{"resourceType":"ChargeItem","id":"c","status":"billable","code":{"text":"x"},"#
                    + #""subject":{"reference":"Patient/p"},"#
                    + #""account":[{"reference":"Account/a"}],"priceOverride":{"value":1000,"currency":"EUR"}}"#,
                headers: ann)
            let draft = try await post(ann, "Invoice/$generate", [Till.reference("account", "Account/a")])
            let id = try #require(try draft.json["id"]?.string, "\(draft.text)")
            let discount = { (percent: Int) in
                [#"{"name":"percent","valueDecimal":\#(percent)}"#, Till.string("reason", "hardship")]
            }
            #expect(try await post(ann, "Invoice/\(id)/$apply-discount", discount(10)).status == 200)
            #expect(
                Till.refusal(try await post(ann, "Invoice/\(id)/$apply-discount", discount(1)))
                    == "403 second-person-required")
            #expect(try await post(ben, "Invoice/\(id)/$apply-discount", discount(50)).status == 200)
            #expect(try await post(ann, "Invoice/\(id)/$issue", []).status == 200)
            // 1000 − 100 − 450
            let invoice = [Till.reference("invoice", "Invoice/\(id)")]
            let intent = try await post(ann, "PaymentNotice/$qr-intent", invoice + [Till.money("amount", "400")])
            let notice = try #require(try Till.parameter(intent.json, "return")?["resource"]?["id"]?.string)
            #expect(
                Till.refusal(try await post(ann, "PaymentNotice/\(notice)/$verify", [])) == "403 second-person-required"
            )
            #expect(try await post(ben, "PaymentNotice/\(notice)/$verify", []).status == 200)
            let refund = { (amount: String) in [Till.money("amount", amount), Till.string("reason", "x")] }
            #expect(try await post(ann, "PaymentNotice/\(notice)/$refund", refund("60")).status == 200)
            #expect(
                Till.refusal(try await post(ann, "PaymentNotice/\(notice)/$refund", refund("60")))
                    == "403 second-person-required")
            #expect(try await post(ben, "PaymentNotice/\(notice)/$refund", refund("60")).status == 200)
        }
    }
}
