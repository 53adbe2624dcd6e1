package dev.larkspur.collective.socket;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.contract.LostPeerContract;

class SocketLostPeerIT extends LostPeerContract {
  @Override
  protected Engine engine() {
    return new SocketEngine();
  }
}
