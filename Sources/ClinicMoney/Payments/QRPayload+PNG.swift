import FHIRStore
import Printing

extension QRPayload {
    /// The code as PNG.
    func png() throws -> [UInt8] {
        do {
            return try QRCode.png(text: text)
        } catch {
            throw StoreError(.fault, "the QR code could not be drawn")
        }
    }
}
