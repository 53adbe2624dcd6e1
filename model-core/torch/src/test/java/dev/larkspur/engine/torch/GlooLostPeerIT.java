package dev.larkspur.engine.torch;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.contract.LostPeerContract;

class GlooLostPeerIT extends LostPeerContract {
  @Override
  protected Engine engine() {
    return new GlooEngine();
  }
}
