import ClinicTesting
import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// `DocumentReference/$upload`.
@Suite struct DocumentTests {
    private static let pdf = Array("%PDF-1.7\nhello".utf8)
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

    private static func parameters(
        _ type: String, _ bytes: [UInt8], patient: String = "p", _ more: [String] = []
    ) -> [String] {
        let data = Data(bytes).base64EncodedString()
        return [
            #"{"name":"content","valueAttachment":{"contentType":"\#(type)","data":"\#(data)","title":"t"}}"#,
            #"{"name":"type","valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"11502-2"}]}}"#,
            Visits.parameter("patient", reference: "Patient/\(patient)"),
        ] + more
    }

    @Test(
        "content decides",
        arguments: [
            ("application/pdf", Self.pdf, "200 none"),
            ("image/png", Self.png, "200 none"),
            ("text/plain", Array("Grüße".utf8), "200 none"),
            ("application/pdf", Self.png, "415 content-mismatch"),
            ("image/jpeg", Self.pdf, "415 content-mismatch"),
            ("text/plain", Self.pdf, "415 content-mismatch"),
            ("text/plain", [0, 1, 2, 3], "415 content-mismatch"),
            ("application/x-msdownload", Self.pdf, "415 unsupported-media"),
            ("text/html", Array("<html>".utf8), "415 unsupported-media"),
            ("text/plain", Array("#!/bin/sh\nrm".utf8), "422 infected"),
            ("application/pdf", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1], "422 infected"),
        ] as [(String, [UInt8], String)])
    func contentDecides(type: String, bytes: [UInt8], expected: String) async throws {
        try await ClinicServer.with { server in
            try await server.client.store(Visits.patient("p"))
            let response = try await server.client.call("DocumentReference/$upload", Self.parameters(type, bytes))
            #expect(response.refusal == expected, "\(response.text)")
            #expect(try await server.count("SELECT count(*) FROM \"binary\"") == (expected.hasPrefix("200") ? 1 : 0))
        }
    }

    @Test func theSameFileIsTakenInOnce() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            for id in ["p", "q"] { try await client.store(Visits.patient(id)) }
            let ids = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        (try? await client.call(
                            "DocumentReference/$upload", Self.parameters("application/pdf", Self.pdf)))?
                            .content?["id"]?.string
                    }
                }
                return await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(ids.count == 1 && !ids.contains(nil))
            #expect(try await server.count("SELECT count(*) FROM \"binary\"") == 1)
            let other = try await client.call(
                "DocumentReference/$upload", Self.parameters("application/pdf", Self.pdf, patient: "q"))
            #expect(other.status == 200)
            let document = try await client.get("DocumentReference/\(try #require(ids.first ?? nil))")
            #expect(document.content?["docStatus"]?.string == "preliminary")
            let attachment = document.content?["content"]?.items.first?["attachment"]
            #expect(attachment?["size"]?.integer == Self.pdf.count)
            let url = try #require(attachment?["url"]?.string)
            let binary = try await client.get(url)
            #expect(binary.body == Self.pdf)
        }
    }

    @Test func limitsLinksAndMetadata() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await client.store(Visits.patient("p"))
            try await client.store(
                #"""
                {"resourceType":"Appointment","id":"a","status":"proposed",
                 "participant":[{"actor":{"reference":"Patient/p"},"status":"accepted"}]}
                """#
            )
            // A photograph: EXIF goes, the image stays.
            let exif: [UInt8] = [0xFF, 0xE1, 0, 8] + Array("Exif".utf8) + [0, 0]
            let photograph: [UInt8] =
                [0xFF, 0xD8] + exif + [0xFF, 0xDB, 0, 4, 1, 2, 0xFF, 0xDA, 0, 2, 9, 9, 0xFF, 0xD9]
            let uploaded = try await client.call(
                "DocumentReference/$upload",
                Self.parameters(
                    "image/jpeg", photograph, [Visits.parameter("appointment", reference: "Appointment/a")]), key: "k")
            #expect(uploaded.status == 200, "\(uploaded.text)")
            let url = try #require(uploaded.content?["content"]?.items.first?["attachment"]?["url"]?.string)
            let stored = try await client.get(url)
            #expect(stored.body.count == photograph.count - exif.count)
            let appointment = try await client.get("Appointment/a")
            #expect(
                appointment.content?["supportingInformation"]?.items.first?["reference"]?.string?.hasPrefix(
                    "DocumentReference/") == true)
            _ = try await client.call(
                "$clinic-setting-set",
                [Visits.parameter("name", code: "documents.max-bytes"), Visits.parameter("value", string: "10")])
            let large = try await client.call("DocumentReference/$upload", Self.parameters("application/pdf", Self.pdf))
            #expect(large.status == 413)
            let nobody = try await client.call(
                "DocumentReference/$upload", Self.parameters("image/png", Self.png, patient: "none"))
            #expect(nobody.status == 413 || nobody.refusal == "422 unknown-reference")
            #expect(try await client.call("DocumentReference/$upload").status == 400)
        }
    }
}
