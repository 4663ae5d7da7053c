import FHIRSearch
import FHIRServerTesting
import FHIRStore
@testable import HL7Ingest
import JSONTape
import Logging

/// A potassium of Jane Doe as a laboratory sends it.
struct ResultMessage {
    /// OBR-2 as it stands in the message.
    var number: String
    var control: String
    var value = "4.1"
    var status = "F"
    /// OBX-8.
    var flag = ""
    var patient = "M1"
    /// MSH-5 and MSH-6.
    var receiver = "MARTLET|CLINIC"
    /// OBR-22, two digits of a minute.
    var minute = "00"
    /// ORC in front of the OBR.
    var control2 = ""
    var unit = "mmol/L"

    var bytes: [UInt8] {
        let name = patient == "M1" ? "Doe^Jane||19800505|F" : "Roe^Rick||19750131|M"
        let segments = [
            "MSH|^~\\&|LAB|NL|\(receiver)|20260101120000||ORU^R01^ORU_R01|\(control)|P|2.5.1",
            "PID|1||\(patient)^^^MARTLET&urn:martlet:mrn&URI^MR||\(name)", control2,
            "OBR|1|\(number)|F1|2823-3^Potassium^LN|||20260101090000|||||||||||||||2026010110\(minute)00|||\(status)",
            "OBX|1|NM|2823-3^Potassium^LN||\(value)|\(unit)^^UCUM||\(flag)|||\(status)",
        ]
        return Array((segments.filter { !$0.isEmpty }.joined(separator: "\r") + "\r").utf8)
    }
}

extension OrderClinic {
    /// Takes messages for the clinic's store.
    var ingest: MessageIngest {
        let store = server.store
        return MessageIngest(
            store: store, finder: ResourceFinder(store: store, service: SearchService(store)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            sources: SourceRegistry(store: store, freshness: .zero))
    }

    /// MSA-1 of the answer.
    func send(_ message: ResultMessage, to ingest: MessageIngest) async -> String {
        guard case .send(let answers) = await ingest.receive(message.bytes, source: "lab"),
            let text = answers.first.map({ String(decoding: $0, as: UTF8.self) }),
            let line = text.split(separator: "\r").first(where: { $0.hasPrefix("MSA|") })
        else { return "none" }
        return String(line.dropFirst(4).prefix(2))
    }

    /// The printed number of an order.
    func number(of order: String) async throws -> String {
        try await read(order)["identifier"]?.items
            .first { $0["system"]?.string == "urn:martlet:order-number" }?["value"]?.string ?? ""
    }
}
