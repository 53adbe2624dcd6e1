package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.global.torch;

/**
 * Excludes oneDNN while it is open: for one token, what it prepares for each activation takes six
 * times longer than LibTorch's own. The switch is one for the process, so products that other
 * threads compute meanwhile are excluded too.
 */
final class OneDnn implements AutoCloseable {
  private static int open;

  private OneDnn() {}

  static synchronized OneDnn excluded() {
    if (open++ == 0) {
      torch.globalContext().setUserEnabledMkldnn(false);
    }
    return new OneDnn();
  }

  @Override
  public void close() {
    reopen();
  }

  private static synchronized void reopen() {
    if (--open == 0) {
      torch.globalContext().setUserEnabledMkldnn(true);
    }
  }
}
