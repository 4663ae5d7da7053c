import Foundation
import FHIRStore
import JSONTape
import SyntheticClinic
import Testing

/// The guards let pass what is right: published examples and the synthetic clinic.
@Suite struct LoadUnderGuardTests {
    @Test func officialExamplesAreStored() async throws {
        let root = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        let folder = URL(fileURLWithPath: root).appendingPathComponent("fhir-r4/examples")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("skipped: no reference data at \(root)/fhir-r4/examples")
            return
        }
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
        try await ClinicFixture.with(types: nil, slots: 0) { clinic in
            for file in files {
                let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
                #expect(await refusal { try await clinic.put(text) } == "none", "\(file.lastPathComponent)")
            }
            let busy = try await clinic.count("appointment_busy")
            #expect(busy > 0)
        }
    }

    @Test func syntheticAppointmentsDoNotCollide() async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            var count = 0
            for resource in SyntheticClinic(seed: 1, patients: 120) {
                let text = String(decoding: resource.json, as: UTF8.self)
                guard ["Appointment", "Slot", "Schedule", "Location", "PractitionerRole"].contains(resource.type)
                else { continue }
                #expect(await refusal { try await clinic.put(text) } == "none", "\(resource.type)")
                if resource.type == "Appointment" { count += 1 }
            }
            #expect(count > 100)
            let stored = try await clinic.count("appointment")
            #expect(stored == count)
        }
    }
}
