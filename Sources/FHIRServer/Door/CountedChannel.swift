import HummingbirdCore
import Logging
import NIOCore

/// Connections of which one address may have so many, and all together so many.
struct CountedChannel<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    let base: Base
    let count: ConnectionCount

    init(_ base: Base, _ count: ConnectionCount) {
        self.base = base
        self.count = count
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        // Peers that are gone without a word are found out some time. Where it cannot be set nothing is lost.
        _ = channel.setOption(.socketOption(.so_keepalive), value: 1)
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Value, logger: Logger) async {
        let address = value.channel.remoteAddress?.ipAddress ?? ""
        guard count.enter(address) else {
            // An answer would cost what is to be spared. The channel has to be gone through all the same.
            value.channel.close(promise: nil)
            await base.handle(value: value, logger: logger)
            return
        }
        await base.handle(value: value, logger: logger)
        count.leave(address)
    }
}
