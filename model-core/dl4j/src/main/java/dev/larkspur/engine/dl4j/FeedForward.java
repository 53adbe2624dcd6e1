package dev.larkspur.engine.dl4j;

import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A feed-forward network: down(GELU(up(x))) with the exact GELU z·Φ(z) (ND4J's operators are
 * approximations), or down(SiLU(gate(x)) · up(x)) if the model has a gate.
 */
final class FeedForward {
  private static final double ROOT_HALF = Math.sqrt(0.5);
  private static final double DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

  private final Pass pass;
  private final Scratch kept;
  private final Projection gate;
  private final Projection up;
  private final Projection down;

  /** Creates the network whose parameter names start with a prefix. */
  FeedForward(Views views, String prefix, Pass pass, Scratch kept) {
    this.pass = pass;
    this.kept = kept;
    boolean gated = views.has(prefix + "gate.weight") || views.has(prefix + "gate.u.weight");
    this.gate = gated ? new Projection(views, prefix + "gate.", pass, kept) : null;
    this.up = new Projection(views, prefix + "up.", pass, kept);
    this.down = new Projection(views, prefix + "down.", pass, kept);
  }

  /** The projections of the network. */
  Stream<Projection> projections() {
    return Stream.of(gate, up, down).filter(projection -> projection != null);
  }

  /** Computes y [tokens, hidden] from x of the same shape. */
  void forward(INDArray x, INDArray y) {
    INDArray inner = kept.array("inner", x.size(0), up.out());
    INDArray z = kept.array("up", inner.shape());
    // Holds Φ(z), or the sigmoid of the gate.
    INDArray share = kept.array("share", inner.shape());
    up.forward(x, z);
    if (gate == null) {
      z.muli(ROOT_HALF, share);
      Nd4j.getExecutioner().exec(new Erf(share, share));
      share.addi(1).muli(0.5);
      z.muli(share, inner);
    } else {
      INDArray g = kept.array("gate", inner.shape());
      gate.forward(x, g);
      share.assign(g);
      Transforms.sigmoid(share, false);
      g.muli(share, inner);
      inner.muli(z);
    }
    down.forward(inner, y);
  }

  /** Computes the gradients for the x of the last forward call; writes dx. */
  void backward(INDArray x, INDArray dy, INDArray dx) {
    INDArray inner = kept.array("inner", x.size(0), up.out());
    INDArray dInner = pass.scratch().array("ffn.inner", inner.shape());
    down.backward(inner, dy, 0, dInner);
    INDArray z = kept.array("up", inner.shape());
    INDArray share = kept.array("share", inner.shape());
    // The inner activations are no longer needed, so their memory is reused.
    if (gate == null) {
      geluDerivative(z, share, inner);
      dInner.muli(inner);
    } else {
      INDArray g = kept.array("gate", inner.shape());
      // First d up = dInner · g · s, then d gate = dInner · z · s (1 + g (1 − s)) in z's memory.
      g.muli(share, inner);
      dInner.muli(inner, inner);
      z.muli(dInner);
      z.muli(share);
      share.rsubi(1);
      share.muli(g).addi(1);
      z.muli(share);
      gate.backward(x, z, 0, dx);
    }
    up.backward(x, gate == null ? dInner : inner, gate == null ? 0 : 1, dx);
  }

  /** GELU'(z) = Φ(z) + z φ(z). */
  private static void geluDerivative(INDArray z, INDArray cdf, INDArray derivative) {
    z.muli(z, derivative);
    derivative.muli(-0.5);
    Nd4j.getExecutioner().exec(new Exp(derivative, derivative));
    derivative.muli(z).muli(DENSITY_AT_0).addi(cdf);
  }
}
