package dev.larkspur.engine.torch;

import dev.larkspur.collective.GradientProgress;
import dev.larkspur.engine.ActivationCheckpointing;
import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.InitialValues;
import dev.larkspur.engine.OptimizerState;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.StepPart;
import dev.larkspur.engine.StepTimer;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.torch.Decoder.DecoderPass;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The decoder, its gradient and its optimiser on one device. */
final class TorchReplica implements Replica {
  /** Native memory that lives as long as the replica. */
  private final PointerScope memory;

  private final ModelConfig config;
  private final TorchDevice device;
  private final Precision precision;
  private final ParameterTable table;
  private final Shard shard;
  private final TorchVector parameters;
  private final TorchVector gradient;

  /** The parameters in the type of the computation; the parameters themselves where they are. */
  private final TorchVector copy;

  /** Whether the parameters may have changed since they were copied. */
  private boolean stale = true;

  private final Map<String, TorchVector> optimizerState = new LinkedHashMap<>();
  private final Weights weights;
  private final Embedding embedding;
  private final Decoder decoder;
  private final LanguageModelHead head;
  private final TiedRows tiedRows;
  private final TorchOptimizer optimizer;
  private final PartTimer timer;
  private double[] guideWeights;

  TorchReplica(
      ModelConfig config,
      TorchDevice device,
      Precision precision,
      Optimizer optimizer,
      Shard shard) {
    this.config = config;
    this.device = device;
    this.precision = precision;
    this.table = ParameterTable.of(config);
    this.shard = shard;
    this.timer = new PartTimer(device);
    this.memory = new PointerScope().extend();
    // Extended: closing it here only stops it from collecting new pointers.
    try (memory) {
      ScalarType scalarType = precision == Precision.FP64 ? ScalarType.Double : ScalarType.Float;
      long elements = 2 * table.length() + optimizer.stateNames().size() * shard.length();
      parameters = vector(scalarType, table.length(), elements);
      gradient = vector(scalarType, table.length(), elements);
      for (String name : optimizer.stateNames()) {
        optimizerState.put(name, vector(scalarType, shard.length(), elements));
      }
      copy =
          precision == Precision.BF16
              ? vector(ScalarType.BFloat16, table.length(), elements)
              : parameters;
      weights = new Weights(table, parameters.tensor(), gradient.tensor(), copy.tensor());
      decoder = new Decoder(config, device, scalarType, weights, timer);
      embedding = new Embedding(weights);
      head = LanguageModelHead.of(weights);
      tiedRows = TiedRows.of(table, device, precision);
      this.optimizer = TorchOptimizer.of(optimizer, device);
      guideWeights = new double[config.layers()];
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private TorchVector vector(ScalarType scalarType, long length, long elements) {
    try {
      return new TorchVector(device.zeros(scalarType, length));
    } catch (RuntimeException e) {
      throw NativeFailures.allocating(
          e,
          "no memory for a model of %,d parameters on %s: parameters, gradient and the optimiser's state take %,d MB"
              .formatted(table.length(), device.device(), (Float.BYTES * elements) >> 20));
    }
  }

  @Override
  public ParameterTable table() {
    return table;
  }

  /** Whoever takes the vector may write to it until the next pass. */
  @Override
  public FlatVector parameters() {
    stale = true;
    return parameters;
  }

  @Override
  public FlatVector gradient() {
    materializeGradients(0);
    return gradient;
  }

  @Override
  public Shard shard() {
    return shard;
  }

  @Override
  public OptimizerState optimizerState() {
    return new OptimizerState(new LinkedHashMap<String, FlatVector>(optimizerState));
  }

  @Override
  public void initialize(long seed) {
    stale = true;
    new InitialValues(config.initStd(), seed, new TorchOrthonormalization())
        .fill(table, parameters);
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      decoder.startGuides();
    }
  }

  @Override
  public void guide(double[] given) {
    decoder.guide(given);
    guideWeights = given.clone();
  }

  @Override
  public void clearGradient() {
    weights.clearGradients();
  }

  @Override
  public void activationCheckpointing(ActivationCheckpointing checkpointing) {
    decoder.activationCheckpointing(checkpointing);
  }

  @Override
  public void timer(StepTimer given) {
    timer.set(given);
  }

  @Override
  public double accumulate(TokenBatch batch, double weight, GradientProgress progress) {
    refreshCopy();
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor ids = ids(batch);
      Tensor inputs = inputs(ids);
      Tensor embedded = embedding.apply(inputs);
      timer.ended(StepPart.EMBEDDING);
      try (DecoderPass pass = decoder.pass(rows(embedded), batch.sequences())) {
        Tensor stateGradient = torch.empty_like(embedded);
        Tensor loss = head.lossAndGradient(pass.output(), labels(ids), rows(stateGradient), weight);
        boolean rowsFollow = tiedRows.offer(batch, progress);
        pass.backward(rows(stateGradient), layer -> complete(table.layerOffset(layer), progress));
        if (rowsFollow) {
          TiedRows.hand(batch, stateGradient, progress);
        } else {
          embedding.addGradient(inputs, stateGradient);
        }
        timer.ended(StepPart.EMBEDDING_BACKWARD);
        complete(0, progress);
        // Not before: reading a value waits for the device.
        return loss.item_double();
      }
    }
  }

  private void complete(long from, GradientProgress progress) {
    materializeGradients(from);
    progress.complete(from);
  }

  private void materializeGradients(long from) {
    try (PointerScope scope = new PointerScope()) {
      weights.materializeGradients(from);
    }
  }

  @Override
  public double loss(TokenBatch batch) {
    refreshCopy();
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor ids = ids(batch);
      Tensor states = decoder.apply(rows(embedding.apply(inputs(ids))), batch.sequences());
      return head.loss(states, labels(ids)).item_double();
    }
  }

  private void refreshCopy() {
    if (stale && copy != parameters) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard noGrad = new NoGradGuard()) {
        copy.tensor().copy_(parameters.tensor());
      }
    }
    stale = false;
  }

  @Override
  public double gradientNorm(Shard part) {
    materializeGradients(0);
    try (PointerScope scope = new PointerScope()) {
      double norm = EuclideanNorm.of(gradient.tensor().narrow(0, part.offset(), part.length()));
      timer.ended(StepPart.GRADIENT_NORM);
      return norm;
    }
  }

  @Override
  public void update(double learningRate, long step, double gradientScale) {
    if (shard.length() == 0) {
      return;
    }
    stale = true;
    materializeGradients(0);
    Map<String, Tensor> state = new LinkedHashMap<>();
    optimizerState.forEach((name, vector) -> state.put(name, vector.tensor()));
    try (PointerScope scope = new PointerScope()) {
      optimizer.update(own(parameters), own(gradient), state, learningRate, step, gradientScale);
      timer.ended(StepPart.OPTIMIZER);
    }
  }

  private Tensor own(TorchVector vector) {
    return vector.tensor().narrow(0, shard.offset(), shard.length());
  }

  @Override
  public DecodingSession decoding(int sequences, int length, FactorMerge merge) {
    if (sequences < 1 || length < 1 || length > config.context()) {
      throw new IllegalArgumentException(
          "%d sequences of %d tokens: the model reads 1 to %d"
              .formatted(sequences, length, config.context()));
    }
    TorchDecoding decoding =
        new TorchDecoding(config, device, precision, weights, sequences, length, merge);
    decoding.guide(guideWeights);
    return decoding;
  }

  /** [sequences, context + 1] */
  private Tensor ids(TokenBatch batch) {
    return device.put(
        Tensor.create(batch.ids(), batch.sequences(), batch.context() + 1L).to(ScalarType.Long));
  }

  /** [sequences, context] */
  private static Tensor inputs(Tensor ids) {
    return ids.narrow(1, 0, ids.size(1) - 1);
  }

  /** [sequences · context] */
  private static Tensor labels(Tensor ids) {
    return ids.narrow(1, 1, ids.size(1) - 1).reshape(-1);
  }

  /** [sequences, length, hidden] to [sequences · length, hidden] */
  private Tensor rows(Tensor states) {
    return states.view(-1, config.hiddenDim());
  }

  @Override
  public void close() {
    memory.close();
  }
}
