package dev.larkspur.report;

import dev.larkspur.costmodel.TrainingPlan;
import dev.larkspur.costmodel.WorkerMemory;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.settings.TrainingSettings.SelfGuidedSettings;
import java.util.Locale;

/** Formats a {@link TrainingPlan}. */
public final class TrainingPlanText {
  private static final double MIB = 1 << 20;

  private final StringBuilder text = new StringBuilder();

  private TrainingPlanText() {}

  public static String of(ModelConfig model, TrainingSettings training, TrainingPlan plan) {
    TrainingPlanText lines = new TrainingPlanText();
    lines.line("model", "%s", shape(model));
    lines.line("attention", "%s", attention(model.attention()));
    lines.line("feed-forward", "%s", ffn(model.ffn()));
    lines.line("variant", "%s", variant(model.variant()));
    lines.line("parameters", "%,14d", plan.parameters());
    lines.line("  feed-forward", "%,14d", plan.ffnParameters());
    lines.line(
        "steps",
        "%,14d   of %s of %d tokens",
        plan.length().steps(),
        Count.of(training.globalBatch(), "sequence"),
        model.context());
    if (plan.length().guidedSteps() > 0) {
      SelfGuidedSettings guided = training.selfGuided();
      lines.line(
          "  self-guided",
          "%,14d   %s decay%s",
          plan.length().guidedSteps(),
          guided.decay().name().toLowerCase(Locale.ROOT),
          guided.use() == SelfGuidance.Use.DRAWN ? ", each layer drawn" : "");
      lines.line("  repeated", "%,14d", plan.length().repeatedSteps());
    }
    lines.line("tokens", "%,14d", plan.length().tokens());
    if (plan.epochs() != null) {
      lines.line("epochs", "%,14.2f", Math.ceil(100 * plan.epochs()) / 100);
    }
    lines.line("FLOPs", "%14.3g", plan.trainingFlops());
    lines.line("checkpoint", "%,14.1f MiB", plan.checkpointBytes() / MIB);
    WorkerMemory memory = plan.memory();
    lines.line(
        "worker memory",
        "%,14.1f MiB   at %s a pass",
        memory.total() / MIB,
        Count.of(training.microBatch(), "sequence"));
    lines.line("  parameters", "%,14.1f MiB", memory.parameters() / MIB);
    lines.line("  gradient", "%,14.1f MiB", memory.gradient() / MIB);
    lines.line("  AdamW moments", "%,14.1f MiB", memory.moments() / MIB);
    if (memory.bf16Parameters() > 0) {
      lines.line("  bf16 copies", "%,14.1f MiB", memory.bf16Parameters() / MIB);
    }
    if (memory.residual() > 0) {
      lines.line("  residual", "%,14.1f MiB", memory.residual() / MIB);
    }
    lines.line("  activations", "%,14.1f MiB   estimate", memory.activations() / MIB);
    lines.line("  logits", "%,14.1f MiB", memory.logits() / MIB);
    return lines.text.toString().stripTrailing();
  }

  private void line(String label, String format, Object... values) {
    text.append("%-16s".formatted(label))
        .append(String.format(Locale.ROOT, format, values))
        .append(System.lineSeparator());
  }

  private static String shape(ModelConfig model) {
    return "%s of width %d, context %d, vocabulary %d"
        .formatted(
            Count.of(model.layers(), "layer"),
            model.hiddenDim(),
            model.context(),
            model.vocabulary());
  }

  private static String attention(AttentionConfig attention) {
    return "width %d, %d query and %d key/value heads of %d"
        .formatted(
            attention.dim(), attention.queryHeads(), attention.kvHeads(), attention.headDim());
  }

  private static String ffn(FfnConfig ffn) {
    String kind = structure(ffn.structure());
    String first = structure(ffn.firstLayer());
    return "inner width %d, %s%s, %s"
        .formatted(
            ffn.dim(),
            kind,
            kind.equals(first) ? "" : ", first layer " + first,
            ffn.activation() == Activation.GELU ? "GELU" : "SwiGLU");
  }

  private static String structure(FfnStructure structure) {
    if (structure instanceof FfnStructure.LowRank lowRank) {
      return structure.kind() + " of rank " + lowRank.matrixRank();
    }
    if (structure instanceof FfnStructure.BlockDense blockDense) {
      return structure.kind()
          + " of %d blocks and rank %d".formatted(blockDense.blocks(), blockDense.matrixRank());
    }
    if (structure instanceof FfnStructure.BlockShuffle blockShuffle) {
      return structure.kind() + " of %d blocks".formatted(blockShuffle.blocks());
    }
    return structure.kind();
  }

  private static String variant(DecoderVariant variant) {
    return "%s, %s, %s%s, %s"
        .formatted(
            variant.norm() == Norm.LAYER_NORM ? "LayerNorm" : "RMSNorm",
            positions(variant.positions()),
            switch (variant.biases()) {
              case ALL -> "biases";
              case QKV -> "biases of queries, keys and values";
              case NONE -> "no biases";
            },
            variant.residual() == Residual.PARALLEL ? ", parallel residual" : "",
            variant.tiedEmbedding() ? "tied embedding" : "untied embedding");
  }

  private static String positions(Positions positions) {
    if (!(positions instanceof Positions.Rotary rotary)) {
      return "learned positions";
    }
    String part = rotary.fraction() == 1 ? "" : " on %s of each head".formatted(rotary.fraction());
    return "RoPE" + part + (rotary.scaling() instanceof Scaling.None ? "" : " scaled as Llama 3.1");
  }
}
