import Clinic

extension StatementPaper {
    func pdf(_ work: ClinicWork) async throws -> [UInt8] { csv }
}
