package dev.larkspur.layout;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import java.util.List;

/** The layouts that models are exported in. */
public enum Layout {
  /** Larkspur's own: every parameter under its name, for every kind of model. */
  LARKSPUR("larkspur") {
    @Override
    public List<String> misfits(ModelConfig model) {
      return List.of();
    }

    @Override
    public List<FileTensor> tensors(ModelConfig model) {
      return ParameterTable.of(model).parameters().stream()
          .map(parameter -> FileTensor.of(parameter.name(), parameter))
          .toList();
    }
  },

  /** {@code GPTNeoXForCausalLM} of Hugging Face's transformers. */
  GPT_NEOX("gpt_neox") {
    @Override
    public List<String> misfits(ModelConfig model) {
      return GptNeoX.misfits(model);
    }

    @Override
    public List<FileTensor> tensors(ModelConfig model) {
      return GptNeoX.tensors(model);
    }

    @Override
    public List<FileTensor> copies(ModelConfig model) {
      return copyOfEmbedding("embed_out.weight", model);
    }
  },

  /** {@code LlamaForCausalLM} of Hugging Face's transformers. */
  LLAMA("llama") {
    @Override
    public List<String> misfits(ModelConfig model) {
      return Llama.misfits(model);
    }

    @Override
    public List<FileTensor> tensors(ModelConfig model) {
      return Llama.tensors(model);
    }

    @Override
    public List<FileTensor> copies(ModelConfig model) {
      return copyOfEmbedding("lm_head.weight", model);
    }
  };

  private final String modelType;

  Layout(String modelType) {
    this.modelType = modelType;
  }

  /** What {@code model_type} of {@code config.json} says. */
  public String modelType() {
    return modelType;
  }

  /** Why a model cannot be laid out so; nothing if it can. */
  public abstract List<String> misfits(ModelConfig model);

  /** The tensors of a model that fits, in the order of the layers; each parameter is in one. */
  public abstract List<FileTensor> tensors(ModelConfig model);

  /** Tensors that a file may have besides, with the same values as others of it. */
  public List<FileTensor> copies(ModelConfig model) {
    return List.of();
  }

  /** The head where it is the embedding. */
  private static List<FileTensor> copyOfEmbedding(String head, ModelConfig model) {
    return model.variant().tiedEmbedding()
        ? List.of(FileTensor.of(head, ParameterTable.of(model).parameter("embedding.weight")))
        : List.of();
  }
}
