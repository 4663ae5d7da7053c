import ClinicTesting
import FHIRServerTesting
import FoundationEssentials
import JSONTape
import Testing

extension Till {
    /// The open amounts of Account/a by age.
    func aging(_ parameters: [String] = []) async throws -> [String] {
        (try await call("Account/a/$aging", parameters)["group"]?.items ?? [])
            .compactMap { $0["measureScore"]?["value"]?.numberText }
    }

    /// The rows of Account/a's statement below the header.
    func statement(_ parameters: [String] = []) async throws -> [String] {
        let binary = try await call("Account/a/$statement", parameters + [Till.code("format", "text/csv")])
        let data = try #require(Data(base64Encoded: binary["data"]?.string ?? ""))
        return String(decoding: data, as: UTF8.self).split(separator: "\r\n").dropFirst().map(String.init)
    }
}

/// Statements, what is open by age, and drawers.
@Suite struct AccountTests {
    @Test func whatIsOpenIsSortedByAge() async throws {
        try await Till.with { till in
            for (id, amount, age) in [("a", "10", 5), ("b", "20", 31), ("c", "40", 75), ("d", "80", 400)] {
                try await till.issued(id, amount)
                try await till.run(
                    "UPDATE money_invoice SET issued = issued - interval '\(age) days' WHERE invoice = '\(id)'")
            }
            try await till.pay("d", "30")
            #expect(try await till.aging() == ["10.00", "20.00", "40.00", "50.00"])
            try await till.call("Invoice/b/$cancel")
            #expect(try await till.aging() == ["10.00", "0.00", "40.00", "50.00"])
            #expect(
                try await till.aging([#"{"name":"atDate","valueDate":"2001-01-01"}"#]) == [
                    "0.00", "0.00", "0.00", "0.00",
                ])
            #expect(
                try await till.refusal("Account/a/$aging", [#"{"name":"atDate","valueDate":"2001"}"#])
                    == "400 invalid-parameter")
            #expect(
                try await till.refusal("Account/a/$statement", [Till.code("format", "x/y")]) == "400 invalid-parameter")
            #expect(try await till.refusal("Account/none/$statement").hasPrefix("404"))
            #expect(try await till.statement().last?.hasSuffix(",EUR,100.00") == true)
        }
    }

    @Test func aCashierHasOneDrawer() async throws {
        try await Till.with { till in
            let open = [Till.string("drawer", "front"), Till.money("opening", "0")]
            #expect(try await till.refusal("$cash-close", [Till.money("counted", "1")]) == "422 illegal-transition")
            let answers = try await Till.parallel(32) { _ in try await till.refusal("$cash-open", open) }
            #expect(answers == ["200": 1, "409 duplicate": 31])
            #expect(try await till.number("SELECT count(*) FROM basic") == 1)
            try await till.issued("i", "10")
            try await till.pay("i", "6", method: "cash")
            try await till.pay("i", "4", method: "card")
            #expect(
                try await till.refusal("$cash-close", [Till.money("counted", "6", currency: "USD")])
                    == "422 mixed-currency")
            let session = try await till.call("$cash-close", [Till.money("counted", "5"), Till.money("counted", "1")])
            #expect(
                session["extension"]?.items.first?["extension"]?.items.last?["valueMoney"]?["value"]?.numberText
                    == "0.00")
            #expect(try await till.refusal("$cash-open", open) == "200")
        }
    }
}
