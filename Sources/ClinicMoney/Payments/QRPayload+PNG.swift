extension QRPayload {
    func png() throws -> [UInt8] { [] }
}
