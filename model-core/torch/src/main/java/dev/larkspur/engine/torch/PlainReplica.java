package dev.larkspur.engine.torch;

import dev.larkspur.collective.GradientProgress;
import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.InitialValues;
import dev.larkspur.engine.OptimizerState;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.StepPart;
import dev.larkspur.engine.StepTimer;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.torch.FusedAdamW.TensorLists;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The training step of {@link PlainTorchEngine}. */
final class PlainReplica implements Replica {
  /** LibTorch's reduction code for a loss summed over the tokens. */
  private static final long SUM = 2;

  private static final long NO_IGNORED_LABEL = -100;

  private final PointerScope memory;
  private final ModelConfig config;
  private final TorchDevice device;
  private final Precision precision;
  private final ParameterTable table;
  private final Shard shard;
  private final Map<String, Tensor> parameters;
  private final Map<String, Map<String, Tensor>> optimizerState = new LinkedHashMap<>();
  private final PlainDecoder decoder;
  private final FusedAdamW adamW;
  private final PartTimer timer;

  PlainReplica(
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
    requireKnown(optimizer);
    if (device.isCpu()) {
      // There the flash kernel is many times slower in bf16 than plain matrix products.
      torch.globalContext().setSDPUseFlash(false);
    }
    this.memory = new PointerScope().extend();
    // Extended: closing it here only stops it from collecting new pointers.
    try (memory) {
      ScalarType scalarType = precision == Precision.FP64 ? ScalarType.Double : ScalarType.Float;
      parameters = tensors(scalarType);
      parameters.values().forEach(tensor -> tensor.set_requires_grad(true));
      for (String name : optimizer.stateNames()) {
        optimizerState.put(name, tensors(scalarType));
      }
      decoder = new PlainDecoder(config, device, scalarType, parameters, timer);
      adamW = optimizer instanceof AdamW settings ? new FusedAdamW(settings, device) : null;
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private void requireKnown(Optimizer optimizer) {
    if (config.ffn().structure() instanceof FfnStructure.Guided) {
      throw PlainTorchEngine.refusal("knows no guides");
    }
    if (!(optimizer instanceof AdamW || optimizer instanceof Optimizer.None)) {
      throw PlainTorchEngine.refusal(
          "does not know the optimiser " + optimizer.getClass().getSimpleName());
    }
    if (optimizer instanceof AdamW && shard.length() != table.length()) {
      throw PlainTorchEngine.refusal("does not share the optimiser's state among workers");
    }
  }

  private Map<String, Tensor> tensors(ScalarType scalarType) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : table.parameters()) {
      long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
      tensors.put(parameter.name(), device.zeros(scalarType, shape));
    }
    return tensors;
  }

  @Override
  public ParameterTable table() {
    return table;
  }

  @Override
  public FlatVector parameters() {
    return new JoinedVector(table, parameters::get);
  }

  @Override
  public FlatVector gradient() {
    return new JoinedVector(table, name -> gradient(parameters.get(name)));
  }

  /** PyTorch has no gradient before the first backward pass. */
  private static Tensor gradient(Tensor parameter) {
    Tensor gradient = parameter.mutable_grad();
    if (!gradient.defined()) {
      try (NoGradGuard noGrad = new NoGradGuard()) {
        gradient.put(torch.zeros_like(parameter));
      }
    }
    return gradient;
  }

  @Override
  public Shard shard() {
    return shard;
  }

  @Override
  public OptimizerState optimizerState() {
    Map<String, FlatVector> vectors = new LinkedHashMap<>();
    optimizerState.forEach(
        (name, tensors) -> vectors.put(name, new JoinedVector(table, tensors::get)));
    return new OptimizerState(vectors);
  }

  @Override
  public void initialize(long seed) {
    new InitialValues(config.initStd(), seed, new TorchOrthonormalization())
        .fill(table, parameters());
  }

  @Override
  public void guide(double[] weights) {
    // This engine does not support guides.
  }

  /** Like {@code zero_grad}: the next backward pass creates new gradients. */
  @Override
  public void clearGradient() {
    try (PointerScope scope = new PointerScope()) {
      parameters.values().forEach(parameter -> parameter.mutable_grad().reset());
    }
  }

  @Override
  public void timer(StepTimer given) {
    timer.set(given);
  }

  @Override
  public double accumulate(TokenBatch batch, double weight, GradientProgress progress) {
    try (PointerScope scope = new PointerScope()) {
      Tensor loss = autocastLoss(batch);
      timer.ended(StepPart.HEAD);
      loss.mul(new Scalar(weight)).backward();
      timer.ended(StepPart.EMBEDDING_BACKWARD);
      progress.complete(0);
      return loss.item_double();
    }
  }

  @Override
  public double loss(TokenBatch batch) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      return autocastLoss(batch).item_double();
    }
  }

  private Tensor autocastLoss(TokenBatch batch) {
    if (precision != Precision.BF16) {
      return summedLoss(batch);
    }
    try (Autocast bf16 = Autocast.bf16(device.type())) {
      return summedLoss(batch);
    }
  }

  private Tensor summedLoss(TokenBatch batch) {
    Tensor ids =
        device.put(
            Tensor.create(batch.ids(), batch.sequences(), batch.context() + 1L)
                .to(ScalarType.Long));
    Tensor logits = decoder.logits(ids.narrow(1, 0, batch.context()));
    Tensor labels = ids.narrow(1, 1, batch.context()).reshape(-1);
    return torch.cross_entropy_loss(
        logits.view(-1, config.vocabulary()),
        labels,
        new TensorOptional(),
        SUM,
        NO_IGNORED_LABEL,
        0.0);
  }

  /** Norm of the parameters' gradient norms, as in {@code clip_grad_norm_}. */
  @Override
  public double gradientNorm(Shard part) {
    if (part.length() != table.length()) {
      throw PlainTorchEngine.refusal("does not share the norm among workers");
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      TensorVector norms = new TensorVector();
      parameters.values().forEach(parameter -> norms.push_back(gradient(parameter).norm()));
      double norm = torch.stack(norms).norm().item_double();
      timer.ended(StepPart.GRADIENT_NORM);
      return norm;
    }
  }

  @Override
  public void update(double learningRate, long step, double gradientScale) {
    if (adamW == null) {
      throw new IllegalStateException("this replica is only read");
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      List<Tensor> gradients = parameters.values().stream().map(PlainReplica::gradient).toList();
      Scalar scale = new Scalar(gradientScale);
      // PyTorch also multiplies by 1: a check would have to wait for the device.
      gradients.forEach(gradient -> gradient.mul_(scale));
      TensorLists lists =
          new TensorLists(
              List.copyOf(parameters.values()),
              gradients,
              List.copyOf(optimizerState.get(AdamW.FIRST_MOMENT).values()),
              List.copyOf(optimizerState.get(AdamW.SECOND_MOMENT).values()));
      adamW.update(lists, learningRate, step, 1);
      timer.ended(StepPart.OPTIMIZER);
    }
  }

  @Override
  public DecodingSession decoding(int sequences, int length, FactorMerge merge) {
    throw PlainTorchEngine.refusal("does not decode");
  }

  @Override
  public void close() {
    memory.close();
  }
}
