package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.LogitChunk;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.Optimizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is allocated, counted; and that it is given back. */
class MemoryTest {

  /** Keeps a list of the tensors that are made within it. */
  private static final class Counting extends PointerScope {
    private final List<Tensor> tensors = new ArrayList<>();

    @Override
    public PointerScope attach(Pointer pointer) {
      if (pointer instanceof Tensor tensor) {
        tensors.add(tensor);
      }
      return super.attach(pointer);
    }

    /** Bytes of their storages, of which a view has none of its own. */
    long bytes(Tensor... apart) {
      Map<Long, Long> storages = new HashMap<>();
      tensors.forEach(tensor -> storages.put(address(tensor), tensor.storage().nbytes()));
      for (Tensor known : apart) {
        storages.remove(address(known));
      }
      return storages.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long address(Tensor tensor) {
      return tensor.storage().data().address();
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void theHeadHoldsWhatIsEstimated(Precision precision) {
    int tokens = 40;
    int hidden = 24;
    int vocabulary = 3000;
    ScalarType type = precision == Precision.FP64 ? ScalarType.Double : ScalarType.Float;
    ScalarType multiplied = precision == Precision.BF16 ? ScalarType.BFloat16 : type;
    TorchDevice device = TorchDevice.open(Device.cpu(1));
    try (PointerScope outer = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor matrix = device.zeros(multiplied, vocabulary, hidden);
      Tensor embeddingGradient = device.zeros(type, vocabulary, hidden);
      Tensor states = device.zeros(type, tokens, hidden);
      Tensor stateGradient = device.zeros(type, tokens, hidden);
      Tensor labels = torch.zeros(new long[] {tokens}, device.options(ScalarType.Long));
      LanguageModelHead head =
          new LanguageModelHead(new WeightMatrix(matrix, new ParameterGradient(embeddingGradient)));
      try (Counting counting = new Counting()) {
        head.chunk(states, labels, stateGradient, 1);
        long held = counting.bytes(matrix, embeddingGradient, states, stateGradient, labels);
        // The loss.
        assertThat(held - LogitChunk.bytes(tokens, hidden, vocabulary, precision))
            .isBetween(0L, 64L);
      }
    }
  }

  @Test
  void logitsStopGrowingWithTheTokensOfAPass() {
    assertThat(LogitChunk.rows(100, 32000)).isEqualTo(100);
    assertThat(LogitChunk.rows(8192, 32000)).isEqualTo(2097);
    assertThat(LogitChunk.rows(1 << 20, 32000)).isEqualTo(2097);
    assertThat(LogitChunk.rows(10, Integer.MAX_VALUE)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aClosedReplicaHasGivenEverythingBack(Precision precision) {
    trainAndClose(precision);
    long bytes = Pointer.totalBytes();
    long count = Pointer.totalCount();
    trainAndClose(precision);
    assertThat(Pointer.totalBytes()).as("bytes known to JavaCPP").isLessThanOrEqualTo(bytes);
    assertThat(Pointer.totalCount()).as("objects known to JavaCPP").isLessThanOrEqualTo(count);
  }

  private static void trainAndClose(Precision precision) {
    ModelConfig config = TestModels.tiny(new FfnStructure.LowRank(5));
    TokenBatch batch = TestModels.randomBatch(config, 2, 9);
    try (Replica replica = replica(config, precision, AdamW.PAPER)) {
      replica.initialize(1);
      replica.clearGradient();
      replica.accumulate(batch, 1.0 / batch.tokens());
      replica.update(1e-3, 1, 1 / replica.gradientNorm());
      replica.loss(batch);
      decode(replica);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.DecodingContract#models")
  void aClosedSessionHasGivenEverythingBack(
      ModelConfig config, Precision precision, double ignoredError) {
    try (Replica replica = replica(config, precision, new Optimizer.None())) {
      replica.initialize(1);
      decode(replica);
      long bytes = Pointer.totalBytes();
      long count = Pointer.totalCount();
      decode(replica);
      assertThat(Pointer.totalBytes()).as("bytes known to JavaCPP").isLessThanOrEqualTo(bytes);
      assertThat(Pointer.totalCount()).as("objects known to JavaCPP").isLessThanOrEqualTo(count);
    }
  }

  private static void decode(Replica replica) {
    try (DecodingSession decoding = replica.decoding(2, 5, FactorMerge.ALWAYS)) {
      decoding.begin(List.of(new int[] {1, 2}, new int[] {3}));
      decoding.next(new int[] {4, 5});
      decoding.keep(new int[] {1});
      decoding.next(new int[] {4});
    }
  }

  private static Replica replica(ModelConfig config, Precision precision, Optimizer optimizer) {
    return new TorchEngine().replica(config, Device.cpu(1), precision, optimizer);
  }
}
