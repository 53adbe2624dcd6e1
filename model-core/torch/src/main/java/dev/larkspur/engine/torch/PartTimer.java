package dev.larkspur.engine.torch;

import dev.larkspur.engine.StepPart;
import dev.larkspur.engine.StepTimer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;

/** Reports the parts of a step to its timer, if there is one. */
final class PartTimer {
  private static final List<StepPart> BY_HOOK =
      List.of(StepPart.HEAD, StepPart.FFN_BACKWARD, StepPart.ATTENTION_BACKWARD);

  private final TorchDevice device;

  /** One for each part, because the binding has room for ten only. */
  private final Map<StepPart, VoidTensorHook> hooks = new EnumMap<>(StepPart.class);

  private StepTimer timer = StepTimer.NONE;

  PartTimer(TorchDevice device) {
    this.device = device;
  }

  /** Sets the timer of the next steps; not inside a pointer scope, which would free the hooks. */
  void set(StepTimer given) {
    timer = given;
    if (timer != StepTimer.NONE && hooks.isEmpty()) {
      for (StepPart part : BY_HOOK) {
        hooks.put(part, new Hook(part));
      }
    }
  }

  /** Reports the end of a part, after the device has finished it. */
  void ended(StepPart part) {
    if (timer != StepTimer.NONE) {
      if (!device.isCpu()) {
        torch.cuda_synchronize();
      }
      timer.ended(part);
    }
  }

  /**
   * Reports a part of the backward pass when the gradient of {@code x} is complete.
   *
   * @param x where the part begins in the forward pass
   * @param part the head, or the backward pass of attention or of a feed-forward network
   * @return x
   */
  Tensor endedByGradientOf(Tensor x, StepPart part) {
    if (timer != StepTimer.NONE && x.requires_grad()) {
      x.register_hook(hooks.get(part));
    }
    return x;
  }

  /** Called by the backward pass. */
  private final class Hook extends VoidTensorHook {
    private final StepPart part;

    Hook(StepPart part) {
      this.part = part;
    }

    @Override
    public void call(TensorBase gradient) {
      ended(part);
    }
  }
}
