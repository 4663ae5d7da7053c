import Access
import FHIRServer

/// Scripts may ask from the origins of registered clients.
extension Clients: OriginPolicy {}
