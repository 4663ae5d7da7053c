import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `ServiceRequest/$submit-order` and `$cancel`.
@Suite struct SubmitOrderTests {
    private static let path = "ServiceRequest/$submit-order"

    @Test func anItemBecomesAnOrderWithANumber() async throws {
        try await OrderClinic.with { clinic in
            try await clinic.put(#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"}}"#)
            let parts = [
                OrderClinic.code("priority", "stat"), OrderClinic.text("note", "fasting"),
                OrderClinic.code("category", "laboratory"),
                #"{"name":"specimen","valueCodeableConcept":{"text":"serum"}}"#,
                OrderClinic.reference("performer", "Practitioner/other"),
            ]
            let bundle = try await clinic.ok(
                clinic.doctor, Self.path,
                OrderClinic.submit(
                    patient: "p", [OrderClinic.item("2823-3", parts), OrderClinic.item("2951-2")],
                    [OrderClinic.reference("diagnosis", "Condition/c")]))
            let resources = (bundle["entry"]?.items ?? []).compactMap { $0["resource"] }
            let orders = resources.filter { $0["resourceType"]?.string == "ServiceRequest" }
            #expect(orders.count == 2)
            #expect(resources.filter { $0["resourceType"]?.string == "Task" }.count == 2)
            #expect(orders[0]["priority"]?.string == "stat")
            #expect(orders[1]["priority"]?.string == "routine")
            #expect(orders[0]["note"]?.items.first?["text"]?.string == "fasting")
            #expect(orders[0]["reasonReference"]?.items.first?["reference"]?.string == "Condition/c")
            #expect(orders[0]["contained"]?.items.first?["type"]?["text"]?.string == "serum")
            let numbers = orders.compactMap { $0["identifier"]?.items.first?["value"]?.string }
            #expect(Set(numbers).count == 2)
            #expect(Set(orders.compactMap { $0["requisition"]?["value"]?.string }).count == 1)
            let task = try await clinic.task(of: "ServiceRequest/\(orders[0]["id"]?.string ?? "")")
            #expect(task["owner"]?["reference"]?.string == "Practitioner/other")
            #expect(task["priority"]?.string == "stat")
        }
    }

    @Test func refusals() async throws {
        try await OrderClinic.with { clinic async throws in
            let item = OrderClinic.item("2823-3")
            let cases: [([String], String)] = [
                ([item], "400 invalid-parameter"),
                ([OrderClinic.reference("patient", "Patient/p")], "400 invalid-parameter"),
                (OrderClinic.submit(patient: "none", [item]), "422 unknown-reference"),
                (
                    OrderClinic.submit(patient: "p", [item], [OrderClinic.text("colour", "red")]),
                    "400 unknown-parameter"
                ),
                (
                    [
                        OrderClinic.reference("patient", "Patient/q"),
                        OrderClinic.reference("encounter", "Encounter/e"), item,
                    ],
                    "422 wrong-patient"
                ),
                (
                    OrderClinic.submit(patient: "p", [item], [OrderClinic.reference("diagnosis", "Condition/none")]),
                    "422 unknown-reference"
                ),
                (
                    OrderClinic.submit(patient: "p", [OrderClinic.item("1", [OrderClinic.code("priority", "fast")])]),
                    "400 invalid-parameter"
                ),
                (
                    OrderClinic.submit(patient: "p", [OrderClinic.item("1", [OrderClinic.code("category", "food")])]),
                    "400 invalid-parameter"
                ),
                (
                    OrderClinic.submit(
                        patient: "p", [#"{"name":"items","part":[{"name":"priority","valueCode":"stat"}]}"#]),
                    "400 invalid-parameter"
                ),
                (
                    OrderClinic.submit(
                        patient: "p",
                        [#"{"name":"items","part":[{"name":"definition","valueCanonical":"http://x.org/none"}]}"#]),
                    "422 unknown-reference"
                ),
                (
                    OrderClinic.submit(patient: "p", [item], [#"{"name":"override","valueBoolean":true}"#]),
                    "422 reason-required"
                ),
                (OrderClinic.submit(patient: "p", [item, item]), "409 duplicate"),
            ]
            for (parameters, expected) in cases {
                let found = try await clinic.outcome(clinic.doctor, Self.path, parameters)
                #expect(found == expected, "\(parameters)")
            }
            #expect(try await clinic.count("SELECT count(*) FROM servicerequest") == 0)
            #expect(try await clinic.count("SELECT count(*) FROM task") == 0)
        }
    }

    @Test func duplicatesWithinADayNeedAReason() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let again = OrderClinic.submit(patient: "p", [OrderClinic.item("2823-3")])
            #expect(try await clinic.outcome(clinic.doctor, Self.path, again) == "409 duplicate")
            // Another patient, and another service, are none.
            _ = try await clinic.order("2823-3", patient: "q")
            _ = try await clinic.order("2951-2")
            let override =
                again + [#"{"name":"override","valueBoolean":true}"#, OrderClinic.text("reason", "haemolysed")]
            let bundle = try await clinic.ok(clinic.doctor, Self.path, override)
            #expect(
                bundle["entry"]?.items.first?["resource"]?["note"]?.items.first?["text"]?.string
                    == "Ordered again: haemolysed")
            // What was cancelled, or is older than a day, may be ordered again.
            try await clinic.ok(clinic.doctor, "\(order)/$cancel", [OrderClinic.text("reason", "wrong")])
            #expect(try await clinic.outcome(clinic.doctor, Self.path, again) == "409 duplicate")
            try await clinic.put(
                """
                {"resourceType":"ServiceRequest","id":"old","status":"active","intent":"order",
                 "code":\(OrderClinic.concept("718-7")),"subject":{"reference":"Patient/p"},
                 "authoredOn":"2020-01-01T08:00:00Z"}
                """)
            _ = try await clinic.order("718-7")
        }
    }

    @Test func parallelOrdersOfOneServiceGiveOne() async throws {
        try await OrderClinic.with { clinic in
            let parameters = OrderClinic.submit(patient: "p", [OrderClinic.item("2823-3")])
            let outcomes = try await parallel(32) { _ in
                try await clinic.outcome(clinic.doctor, Self.path, parameters)
            }
            #expect(outcomes == ["200": 1, "409 duplicate": 31])
            #expect(try await clinic.count("SELECT count(*) FROM servicerequest") == 1)
        }
    }

    @Test func numbersAreUniqueOnEveryPath() async throws {
        try await OrderClinic.with { clinic in
            let outcomes = try await parallel(32) { number in
                let parameters = OrderClinic.submit(patient: "p", [OrderClinic.item("code-\(number)")])
                return try await clinic.outcome(clinic.doctor, Self.path, parameters)
            }
            #expect(outcomes == ["200": 32])
            #expect(
                try await clinic.count(
                    "SELECT count(DISTINCT content #>> '{identifier,0,value}') FROM servicerequest") == 32)
            @Sendable func request(_ id: String, _ number: String) -> String {
                #"{"resourceType":"ServiceRequest","id":"\#(id)","status":"active","intent":"order","#
                    + #""identifier":[{"system":"urn:martlet:order-number","value":"\#(number)"}],"#
                    + #""subject":{"reference":"Patient/p"}}"#
            }
            // Plain writes that want one number: one gets it.
            let plain = try await parallel(32) { number in
                let id = "n\(number)"
                if number.isMultiple(of: 2) {
                    return String(try await clinic.doctor.put("ServiceRequest/\(id)", request(id, "N-1")).status)
                }
                let entry =
                    #"{"resource":\#(request(id, "N-1")),"request":{"method":"PUT","url":"ServiceRequest/\#(id)"}}"#
                let bundle = #"{"resourceType":"Bundle","type":"transaction","entry":[\#(entry)]}"#
                let status = try await clinic.doctor.post("", bundle).status
                return status == 200 ? "201" : String(status)
            }
            #expect(plain == ["201": 1, "409": 31])
            let taken = try await clinic.doctor.put("ServiceRequest/x", request("x", "ORD-000001"))
            #expect(taken.issueCodes == ["duplicate"])
            // Who has it may be changed, and gives it back when deleted.
            try await clinic.put(request("y", "N-2"))
            try await clinic.put(request("y", "N-2").replacing("active", with: "on-hold"))
            #expect(try await clinic.doctor.delete("ServiceRequest/y").status < 300)
            try await clinic.put(request("z", "N-2"))
        }
    }

    // MARK: - Order sets and questions

    private static let activity = """
        {"resourceType":"ActivityDefinition","id":"ID","url":"http://clinic.org/ActivityDefinition/ID","version":"1",
         "status":"active","kind":"ServiceRequest","priority":"urgent",
         "code":{"coding":[{"system":"http://loinc.org","code":"CODE"}]}MORE}
        """

    private static func activity(_ id: String, _ code: String, _ more: String = "") -> String {
        activity.replacing("ID", with: id).replacing("CODE", with: code).replacing("MORE", with: more)
    }

    private static let plan = """
        {"resourceType":"PlanDefinition","id":"set","url":"http://clinic.org/PlanDefinition/set","status":"active",
         "identifier":[{"system":"http://clinic.org/sets","value":"RENAL"}],
         "action":[{"definitionCanonical":"http://clinic.org/ActivityDefinition/k"},
          {"action":[{"definitionCanonical":"http://clinic.org/ActivityDefinition/na|1"},
           {"code":[{"coding":[{"system":"http://loinc.org","code":"2160-0"}]}]}]}]}
        """

    @Test func orderSetsAreOpened() async throws {
        try await OrderClinic.with { clinic in
            try await clinic.put(Self.activity("k", "2823-3"))
            try await clinic.put(Self.activity("na", "2951-2"))
            try await clinic.put(Self.plan)
            let byCanonical =
                #"{"name":"items","part":[{"name":"definition","#
                + #""valueCanonical":"http://clinic.org/PlanDefinition/set"}]}"#
            let byText =
                #"{"name":"items","part":[{"name":"code","valueString":"http://clinic.org/PlanDefinition/set"}]}"#
            let byCode =
                #"{"name":"items","part":[{"name":"code","valueCodeableConcept":"#
                + #"{"coding":[{"system":"http://clinic.org/sets","code":"RENAL"}]}}]}"#
            let again = [#"{"name":"override","valueBoolean":true}"#, OrderClinic.text("reason", "test")]
            for item in [byCanonical, byText, byCode] {
                let bundle = try await clinic.ok(
                    clinic.doctor, Self.path, OrderClinic.submit(patient: "p", [item], again))
                let orders = (bundle["entry"]?.items ?? []).compactMap { $0["resource"] }
                    .filter { $0["resourceType"]?.string == "ServiceRequest" }
                #expect(
                    orders.compactMap { $0["code"]?["coding"]?.items.first?["code"]?.string }
                        == ["2823-3", "2951-2", "2160-0"])
                #expect(orders[0]["priority"]?.string == "urgent")
                #expect(
                    orders[1]["instantiatesCanonical"]?.items.compactMap(\.string) == [
                        "http://clinic.org/PlanDefinition/set", "http://clinic.org/ActivityDefinition/na|1",
                    ])
            }
            // A set that repeats a service of another item is no duplicate of it.
            let both = OrderClinic.submit(patient: "q", [OrderClinic.item("2823-3"), byCode])
            let bundle = try await clinic.ok(clinic.doctor, Self.path, both)
            #expect(bundle["entry"]?.count == 6)
        }
    }

    @Test func setsThatHoldThemselvesOrNothingAreRefused() async throws {
        try await OrderClinic.with { clinic in
            try await clinic.put(
                #"{"resourceType":"PlanDefinition","id":"a","url":"http://c.org/a","status":"active","#
                    + #""action":[{"definitionCanonical":"http://c.org/a"}]}"#)
            try await clinic.put(
                #"{"resourceType":"PlanDefinition","id":"b","url":"http://c.org/b","status":"active"}"#)
            try await clinic.put(
                #"{"resourceType":"PlanDefinition","id":"c","url":"http://c.org/c","status":"active","#
                    + #""action":[{"definitionCanonical":"http://c.org/none"}]}"#)
            for (name, expected) in [("a", "422 order-set"), ("b", "422 order-set"), ("c", "422 unknown-reference")] {
                let item = #"{"name":"items","part":[{"name":"code","valueString":"http://c.org/\#(name)"}]}"#
                #expect(
                    try await clinic.outcome(clinic.doctor, Self.path, OrderClinic.submit(patient: "p", [item]))
                        == expected)
            }
        }
    }

    @Test func questionsAtOrderEntryAreAnswered() async throws {
        try await OrderClinic.with { clinic in
            try await clinic.put(
                """
                {"resourceType":"Questionnaire","id":"aoe","url":"http://clinic.org/Questionnaire/aoe",
                 "status":"active",
                 "item":[{"linkId":"fasting","type":"boolean","required":true,"text":"Fasting?"},
                  {"linkId":"hours","type":"integer","required":true,
                   "enableWhen":[{"question":"fasting","operator":"=","answerBoolean":true}]},
                  {"linkId":"free","type":"string"}]}
                """)
            try await clinic.put(
                #"{"resourceType":"ObservationDefinition","id":"weight","code":\#(OrderClinic.concept("29463-7"))}"#)
            try await clinic.put(
                Self.activity(
                    "gtt", "1500-8",
                    #","relatedArtifact":[{"type":"depends-on","resource":"http://clinic.org/Questionnaire/aoe"}],"#
                        + #""observationRequirement":[{"reference":"ObservationDefinition/weight"}]"#))
            func answer(_ question: String, _ value: String) -> String {
                #"{"name":"answers","part":[\#(question),{"name":"value",\#(value)}]}"#
            }
            let weight = answer(
                #"{"name":"code","valueCodeableConcept":\#(OrderClinic.concept("29463-7"))}"#,
                #""valueQuantity":{"value":70.50,"unit":"kg"}"#)
            let fasting = answer(OrderClinic.text("linkId", "fasting"), #""valueBoolean":true"#)
            let notFasting = answer(OrderClinic.text("linkId", "fasting"), #""valueBoolean":false"#)
            let hours = answer(OrderClinic.text("linkId", "hours"), #""valueInteger":12"#)
                .replacing("answers", with: "aoe")
            func outcome(_ answers: [String], _ patient: String = "p") async throws -> String {
                try await clinic.outcome(
                    clinic.doctor, Self.path,
                    OrderClinic.submit(patient: patient, [OrderClinic.item("1500-8", answers)]))
            }
            for answers in [[], [weight], [weight, fasting], [fasting, hours]] {
                #expect(try await outcome(answers) == "422 aoe-missing")
            }
            #expect(try await clinic.count("SELECT count(*) FROM observation") == 0)
            #expect(try await outcome([weight, notFasting]) == "200")
            #expect(try await outcome([weight, fasting, hours], "q") == "200")
            let order = try #require(try await clinic.search("ServiceRequest?subject=Patient/q").first)
            // Messages to the laboratory carry the answers.
            #expect(order["supportingInfo"]?.count == 3)
            let first = try #require(order["supportingInfo"]?.items.first?["reference"]?.string)
            #expect(try await clinic.read(first)["valueQuantity"]?["value"]?.numberText == "70.50")
        }
    }

    // MARK: - $cancel

    @Test func cancelIsPossibleUntilWorkBegins() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let cancelled = try await clinic.ok(
                clinic.doctor, "\(order)/$cancel", [OrderClinic.text("reason", "wrong")])
            #expect(cancelled["status"]?.string == "revoked")
            #expect(
                cancelled["extension"]?.items.first?["valueCodeableConcept"]?["text"]?.string == "wrong")
            #expect(try await clinic.task(of: order)["status"]?.string == "cancelled")
            #expect(try await clinic.outcome(clinic.doctor, "\(order)/$cancel") == "422 illegal-transition")
            #expect(try await clinic.outcome(clinic.doctor, "ServiceRequest/none/$cancel") == "404 not-found")

            let collected = try await clinic.order("1")
            _ = try await clinic.collect(collected, label: "C1")
            #expect(try await clinic.outcome(clinic.doctor, "\(collected)/$cancel") == "422 already-in-progress")

            let started = try await clinic.order("2")
            let task = "Task/\(try await clinic.task(of: started)["id"]?.string ?? "")"
            try await clinic.ok(clinic.technician, "\(task)/$accept")
            try await clinic.ok(clinic.technician, "\(task)/$start")
            #expect(try await clinic.outcome(clinic.doctor, "\(started)/$cancel") == "422 already-in-progress")

            let reported = try await clinic.order("3")
            _ = try await clinic.enter(reported)
            #expect(try await clinic.outcome(clinic.doctor, "\(reported)/$cancel") == "422 already-in-progress")
        }
    }

    /// Either the specimen is taken or the order is cancelled.
    @Test func cancelRacesCollect() async throws {
        try await OrderClinic.with { clinic in
            for round in 0..<8 {
                let order = try await clinic.order("r\(round)")
                let outcomes = try await parallel(8) { number in
                    number.isMultiple(of: 2)
                        ? try await clinic.outcome(clinic.doctor, "\(order)/$cancel")
                        : try await clinic.outcome(
                            clinic.nurse, "Specimen/$collect", OrderClinic.collect(order, "R\(round)-\(number)"))
                }
                let status = try await clinic.status(order)
                let taken = try await clinic.count(
                    "SELECT count(*) FROM specimen WHERE content #>> '{request,0,reference}' = '\(order)'")
                #expect((status == "revoked") == (taken == 0), "\(outcomes)")
            }
        }
    }
}
