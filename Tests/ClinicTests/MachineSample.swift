import Clinic

/// A resource of each type with a state machine, in any state.
enum MachineSample {
    /// The least that R4 demands, with `STATE` where the state goes.
    private static let texts: [String: String] = [
        "Appointment": #""status":"STATE","start":"2030-01-01T09:00:00Z","end":"2030-01-01T09:15:00Z","#
            + #""participant":[{"actor":{"reference":"Location/ID"},"status":"accepted"}]"#,
        "Slot": #""status":"STATE","schedule":{"reference":"Schedule/s"},"#
            + #""start":"2030-01-01T09:00:00Z","end":"2030-01-01T09:15:00Z""#,
        "Encounter": #""status":"STATE","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","#
            + #""code":"AMB"}"#,
        "Composition": #""status":"STATE","type":{"text":"note"},"date":"2030-01-01","title":"Note","#
            + #""author":[{"reference":"Practitioner/p"}]"#,
        "DocumentReference": #""status":"STATE","content":[{"attachment":{"url":"http://example.org/a"}}]"#,
        "DocumentReference.docStatus": #""status":"current","docStatus":"STATE","#
            + #""content":[{"attachment":{"url":"http://example.org/a"}}]"#,
        "ServiceRequest": #""status":"STATE","intent":"order","subject":{"reference":"Patient/p"}"#,
        "Specimen": #""status":"STATE""#,
        "DiagnosticReport": #""status":"STATE","code":{"text":"report"}"#,
        "Observation": #""status":"STATE","code":{"text":"value"}"#,
        "MedicationRequest": #""status":"STATE","intent":"order","medicationCodeableConcept":{"text":"m"},"#
            + #""subject":{"reference":"Patient/p"}"#,
        "MedicationDispense": #""status":"STATE","medicationCodeableConcept":{"text":"m"}"#,
        "ChargeItem": #""status":"STATE","code":{"text":"c"},"subject":{"reference":"Patient/p"}"#,
        "Invoice": #""status":"STATE""#,
        "PaymentNotice": #""status":"STATE","created":"2030-01-01","payment":{"reference":"PaymentReconciliation/p"},"#
            + #""recipient":{"reference":"Organization/o"},"amount":{"value":1,"currency":"EUR"}"#,
        "PaymentNotice.paymentStatus": #""status":"active","created":"2030-01-01","#
            + #""payment":{"reference":"PaymentReconciliation/p"},"recipient":{"reference":"Organization/o"},"#
            + #""amount":{"value":1,"currency":"EUR"},"paymentStatus":{"coding":[{"code":"STATE"}]}"#,
        "Claim": #""status":"STATE","type":{"text":"t"},"use":"claim","patient":{"reference":"Patient/p"},"#
            + #""created":"2030-01-01","provider":{"reference":"Organization/o"},"priority":{"text":"n"},"#
            + #""insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/c"}}]"#,
        "ClaimResponse.outcome": #""status":"active","outcome":"STATE","type":{"text":"t"},"use":"claim","#
            + #""patient":{"reference":"Patient/p"},"created":"2030-01-01","insurer":{"reference":"Organization/o"}"#,
        "Task": #""status":"STATE","intent":"order""#,
        "Communication": #""status":"STATE""#,
    ]

    static func json(_ machine: StateMachine, id: String, _ state: String) -> String {
        let text = texts[machine.name] ?? ""
        return #"{"resourceType":"\#(machine.typeName)","id":"\#(id)",\#(text)}"#
            .replacing("STATE", with: state).replacing("ID", with: id)
    }
}
