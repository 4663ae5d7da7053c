import Clinic
import FHIRFormats
import JSONTape

/// A cashier's time at a drawer, as a Basic.
struct CashSession: Sendable {
    let id: String
    let drawer: String
    let opening: Amount
    let opened: Instant
    var cashier = ""
    var counted: Amount?
    var expected: Amount?
    var closed: Instant?

    init(id: String, drawer: String, opening: Amount, opened: Instant) {
        self.id = id
        self.drawer = drawer
        self.opening = opening
        self.opened = opened
    }

    var json: [UInt8] {
        var basic = ResourceEdit(nil)
        basic.set("resourceType", "Basic")
        basic.set("extension", items: extensions)
        basic.set("code", json: Array(#"{"coding":[{"system":"urn:martlet:basic","code":"cash-session"}]}"#.utf8))
        basic.set("created", opened.day)
        return basic.bytes
    }

    /// One extension with a part for each thing that is known.
    var extensions: [[UInt8]] {
        var parts = [
            text("status", "valueCode", closed == nil ? "open" : "closed"), text("drawer", "valueString", drawer),
        ]
        if !cashier.isEmpty { parts.append(text("cashier", "valueString", cashier)) }
        parts.append(text("opened", "valueInstant", opened.text))
        parts.append(money("opening", opening))
        if let closed { parts.append(text("closed", "valueInstant", closed.text)) }
        if let expected { parts.append(money("expected", expected)) }
        if let counted { parts.append(money("counted", counted)) }
        if let counted, let expected {
            parts.append(money("difference", Amount(counted.minor - expected.minor, counted.currency)))
        }
        return [
            ResourceEdit.json { writer in
                writer.beginObject()
                writer.key("extension")
                writer.beginArray()
                for part in parts { writer.raw(part) }
                writer.endArray()
                writer.member("url", "urn:martlet:cash-session")
                writer.endObject()
            }
        ]
    }

    private func text(_ url: String, _ type: String, _ value: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", url)
            writer.key(named: type)
            writer.string(value)
            writer.endObject()
        }
    }

    private func money(_ url: String, _ amount: Amount) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", url)
            writer.key("valueMoney")
            writer.raw(amount.json)
            writer.endObject()
        }
    }
}
