import Clinic

extension InvoicePaper {
    func pdf(_ work: ClinicWork) async throws -> [UInt8] { csv }
}
