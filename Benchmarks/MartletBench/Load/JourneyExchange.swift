/// A patient's journey through the clinic, over and over on each connection, each with a doctor of its own:
/// registration, booking, check-in, triage, visit, vital signs, note, order, result by HL7 v2, prescription, dispense,
/// charges, invoice, QR payment, follow-up. Every step is a request; an answer that was not expected ends the journey.
struct JourneyExchange: Exchange {
    private struct State {
        var step = 0
        /// Journeys that this connection has begun.
        var number = -1
        /// Ids that the server gave, by resource type.
        var ids: [String: String] = [:]
        var recordNumber = ""
    }

    private var states: [State] = []
    private let run: Int
    private(set) var completeCount = 0

    static let steps = [
        "register", "book", "check-in", "triage", "start", "vitals", "note", "sign", "order", "result", "prescribe",
        "dispense", "finish", "charges", "generate", "issue", "qr-intent", "verify", "follow-up",
    ]

    init(run: Int, connectionCount: Int) {
        self.run = run
        states = Array(repeating: State(), count: connectionCount)
    }

    /// What has to be there before the first journey, as pairs of path and resource.
    func furniture() -> [(path: String, body: String)] {
        var resources = [
            ("Location/pharmacy-\(run)", #""name":"Pharmacy""#),
            (
                "Medication/amoxicillin-\(run)",
                #""status":"active","code":{"coding":[{"system":"http://www.whocc.no/atc","code":"J01CA04"}]}"#
            ),
            (
                // The same in every run: there is one price in force for a visit.
                "ChargeItemDefinition/journey-visit",
                """
                "url":"http://clinic.example/prices/journey-visit","status":"active","code":{"coding":[{"system":\
                "http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"}]},"propertyGroup":[{"priceComponent":\
                [{"type":"base","amount":{"value":45.00,"currency":"EUR"}}]}]
                """
            ),
        ]
        for connection in states.indices {
            resources.append(("Practitioner/\(doctor(connection))", #""name":[{"family":"Moss"}]"#))
        }
        return resources.map { path, body in
            let parts = path.split(separator: "/")
            return (path, #"{"resourceType":"\#(parts[0])","id":"\#(parts[1])",\#(body)}"#)
        }
    }

    /// Enough in stock for all journeys.
    func delivery() -> HTTPRequest {
        call(
            "SupplyDelivery/$receive", connection: 0,
            reference("to", "Location/pharmacy-\(run)"),
            """
            {"name":"items","part":[{"name":"item","valueReference":{"reference":"Medication/amoxicillin-\(run)"}},\
            {"name":"batch","valueString":"A1"},{"name":"expiry","valueDate":"2039-01-01"},{"name":"quantity",\
            "valueQuantity":{"value":1000000,"unit":"capsule"}}]}
            """)
    }

    mutating func appendRequest(to output: inout [UInt8], connection: Int) {
        if states[connection].step == 0 { states[connection].number += 1 }
        output.append(contentsOf: request(connection).bytes)
    }

    mutating func scan(_ bytes: UnsafeRawBufferPointer, connection: Int) -> Answer? {
        guard let response = HTTPResponse.scan(bytes) else { return nil }
        let step = states[connection].step
        let body = String(decoding: bytes[response.body], as: UTF8.self)
        // An acknowledgement of HL7 v2 comes with 200 even where it refuses.
        let isExpected =
            Self.steps[step] == "note"
            ? response.status == 201
            : response.status == 200 && (Self.steps[step] != "result" || body.contains("MSA|AA"))
        if isExpected {
            note(body, connection)
            states[connection].step += 1
        }
        if !isExpected || states[connection].step == Self.steps.count {
            if isExpected { completeCount += 1 }
            states[connection] = State(number: states[connection].number)
        }
        return Answer(byteCount: response.byteCount, status: response.status, isExpected: isExpected, shape: step)
    }

    // MARK: - Requests

    private func request(_ connection: Int) -> HTTPRequest {
        let state = states[connection]
        let doctor = "Practitioner/\(doctor(connection))"
        func id(_ type: String) -> String { state.ids[type] ?? "none" }
        let patient = reference("patient", "Patient/\(id("Patient"))")
        let encounter = reference("encounter", "Encounter/\(id("Encounter"))")
        switch Self.steps[state.step] {
        case "register":
            let name = name(connection, state.number)
            return call(
                "Patient/$register", connection: connection,
                """
                {"name":"patient","resource":{"resourceType":"Patient","gender":"female","birthDate":"\
                \(birthDate(connection, state.number))","name":[{"family":"\(name)","given":["Ilse"]}]}}
                """)
        case "book": return booking(connection, 2 * state.number)
        case "check-in": return call("Appointment/\(id("Appointment"))/$check-in", connection: connection)
        case "triage":
            return call(
                "Encounter/\(id("Encounter"))/$triage", connection: connection, #"{"name":"level","valueCode":"4"}"#)
        case "start":
            return call(
                "Encounter/$start", connection: connection,
                reference("appointment", "Appointment/\(id("Appointment"))"), reference("practitioner", doctor))
        case "vitals":
            return call(
                "Observation/$record-vitals", connection: connection, patient, encounter,
                """
                {"name":"readings","part":[{"name":"code","valueCodeableConcept":{"coding":[{"system":\
                "http://loinc.org","code":"8867-4"}]}},{"name":"value","valueQuantity":{"value":72,"unit":\
                "beats/minute","system":"http://unitsofmeasure.org","code":"/min"}}]}
                """)
        case "note":
            return HTTPRequest(
                "POST", "/fhir/Composition",
                body: """
                    {"resourceType":"Composition","status":"preliminary","type":{"coding":[{"system":\
                    "http://loinc.org","code":"11506-3"}]},"title":"Visit","date":"2035-05-06T09:20:00Z","subject":\
                    {"reference":"Patient/\(id("Patient"))"},"encounter":{"reference":"Encounter/\(id("Encounter"))"},\
                    "author":[{"reference":"\(doctor)"}],"section":[{"title":"Subjective","text":{"status":\
                    "generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">Tired</div>"}}]}
                    """, actor: doctor)
        case "sign":
            return call(
                "Composition/\(id("Composition"))/$sign", connection: connection,
                #"{"name":"attest","valueBoolean":true}"#)
        case "order":
            return call(
                "ServiceRequest/$submit-order", connection: connection, patient, encounter,
                """
                {"name":"items","part":[{"name":"code","valueCodeableConcept":{"coding":[{"system":\
                "http://loinc.org","code":"2345-7"}]}},{"name":"category","valueCode":"laboratory"}]}
                """)
        case "result": return result(connection)
        case "prescribe":
            return call(
                "MedicationRequest/$prescribe", connection: connection,
                """
                {"name":"request","resource":{"resourceType":"MedicationRequest","status":"draft","intent":"order",\
                "medicationReference":{"reference":"Medication/amoxicillin-\(run)"},"subject":{"reference":\
                "Patient/\(id("Patient"))"},"encounter":{"reference":"Encounter/\(id("Encounter"))"},"requester":\
                {"reference":"\(doctor)"},"dispenseRequest":{"quantity":{"value":21,"unit":"capsule"},\
                "numberOfRepeatsAllowed":0}}}
                """)
        case "dispense":
            return call(
                "MedicationDispense/$dispense", connection: connection,
                reference("prescription", "MedicationRequest/\(id("MedicationRequest"))"),
                reference("location", "Location/pharmacy-\(run)"),
                #"{"name":"quantity","valueQuantity":{"value":21,"unit":"capsule"}}"#)
        case "finish":
            return call(
                "Encounter/\(id("Encounter"))/$finish", connection: connection,
                #"{"name":"disposition","valueCode":"home"}"#)
        case "charges": return call("Encounter/\(id("Encounter"))/$capture-charges", connection: connection)
        case "generate": return call("Invoice/$generate", connection: connection, encounter)
        case "issue": return call("Invoice/\(id("Invoice"))/$issue", connection: connection)
        case "qr-intent":
            return call(
                "PaymentNotice/$qr-intent", connection: connection, reference("invoice", "Invoice/\(id("Invoice"))"))
        case "verify":
            // By another person than who asked for the money.
            return call(
                "PaymentNotice/\(id("PaymentNotice"))/$verify", actor: "Practitioner/cashier-\(run)",
                #"{"name":"reference","valueString":"bank-\#(run)-\#(connection)-\#(state.number)"}"#)
        default: return booking(connection, 2 * state.number + 1)
        }
    }

    private func booking(_ connection: Int, _ number: Int) -> HTTPRequest {
        call(
            "Appointment/$book", connection: connection,
            """
            {"name":"appointment-resource","resource":{"resourceType":"Appointment","status":"proposed","start":\
            "\(Self.time(number, minutes: 0))","end":"\(Self.time(number, minutes: 15))","participant":[{"actor":\
            {"reference":"Practitioner/\(doctor(connection))"},"status":"accepted"}]}}
            """, reference("patient-reference", "Patient/\(states[connection].ids["Patient"] ?? "none")"))
    }

    private func result(_ connection: Int) -> HTTPRequest {
        let state = states[connection]
        let control = "J\(run)x\(connection)x\(state.number)"
        let order = state.ids["ServiceRequest"] ?? "none"
        let segments = [
            "MSH|^~\\&|BENCHLAB|BL|MARTLET|CLINIC|20350506120000+0000||ORU^R01^ORU_R01|\(control)|P|2.5.1",
            "PID|1||\(state.recordNumber)^^^MARTLET&urn:martlet:mrn&URI^MR||Journey^Ilse||19580312|F",
            "ORC|RE|\(order)^MARTLET|\(control)^BL",
            "OBR|1|\(order)^MARTLET|\(control)^BL|2345-7^Glucose^LN|||20350506100000+0000|||||||||||||||"
                + "20350506115000+0000||CH|F",
            "OBX|1|NM|2345-7^Glucose^LN||95|mg/dL|70-99|N|||F",
        ]
        return HTTPRequest(
            "POST", "/hl7v2", body: segments.map { $0 + "\r" }.joined(), type: "application/hl7-v2")
    }

    private func call(_ path: String, connection: Int, _ parameters: String...) -> HTTPRequest {
        call(path, actor: "Practitioner/\(doctor(connection))", parameters)
    }

    private func call(_ path: String, actor: String, _ parameters: String...) -> HTTPRequest {
        call(path, actor: actor, parameters)
    }

    private func call(_ path: String, actor: String, _ parameters: [String]) -> HTTPRequest {
        let list = parameters.isEmpty ? "" : #","parameter":[\#(parameters.joined(separator: ","))]"#
        return HTTPRequest(
            "POST", "/fhir/\(path)", body: #"{"resourceType":"Parameters"\#(list)}"#, actor: actor)
    }

    private func reference(_ name: String, _ target: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(target)"}}"#
    }

    private func doctor(_ connection: Int) -> String { "journey-\(run)-\(connection)" }

    // MARK: - Answers

    /// The id that each step's answer gives, and what it is the id of.
    private static let kinds = [
        "register": "Patient", "book": "Appointment", "start": "Encounter", "check-in": "Encounter",
        "note": "Composition", "order": "ServiceRequest", "prescribe": "MedicationRequest", "generate": "Invoice",
        "qr-intent": "PaymentNotice",
    ]

    private mutating func note(_ body: String, _ connection: Int) {
        let step = Self.steps[states[connection].step]
        guard let kind = Self.kinds[step] else { return }
        if let id = Self.text(behind: #""resourceType":"\#(kind)","id":""#, in: body)
            ?? Self.text(behind: #""reference":"\#(kind)/"#, in: body)
        {
            states[connection].ids[kind] = id
        }
        if step == "register" {
            states[connection].recordNumber =
                Self.text(behind: #""system":"urn:martlet:mrn","value":""#, in: body) ?? ""
        }
    }

    /// What stands between a marker and the next quotation mark.
    private static func text(behind marker: String, in body: String) -> String? {
        guard let found = body.firstRange(of: marker) else { return nil }
        return String(body[found.upperBound...].prefix { $0 != "\"" })
    }

    // MARK: - Times

    /// Quarters of an hour, 32 a day, 28 days a month.
    private static func time(_ number: Int, minutes: Int) -> String {
        let minute = number % 32 * 15 + minutes
        let day = number / 32
        let date = "\(2035 + day / 336)-\(digits(1 + day / 28 % 12))-\(digits(1 + day % 28))"
        return "\(date)T\(digits(9 + minute / 60)):\(digits(minute % 60)):00Z"
    }

    /// Patients with the same day of birth and a similar name would be taken for one.
    private func birthDate(_ connection: Int, _ number: Int) -> String {
        let day = run + number * states.count + connection
        return "\(1930 + day / 336 % 80)-\(Self.digits(1 + day / 28 % 12))-\(Self.digits(1 + day % 28))"
    }

    private func name(_ connection: Int, _ number: Int) -> String {
        let syllables = ["ba", "ke", "dil", "mor", "ru", "shan", "ti", "vox", "nel", "gur", "pha", "lo", "zer", "wi"]
        // Mixed well, or the names of two runs that fall on one day are alike together.
        var random = FastRandom(seed: UInt64(run) << 32 | UInt64(number * states.count + connection))
        var name = ""
        for _ in 0..<7 { name += syllables[random.index(below: syllables.count)] }
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    private static func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
