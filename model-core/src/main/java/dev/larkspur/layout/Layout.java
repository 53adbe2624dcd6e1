package dev.larkspur.layout;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import java.util.List;

/** The layouts of exported models. */
public enum Layout {
  /** Larkspur's layout: every parameter under its name, for every kind of model. */
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
  },

  /** {@code MistralForCausalLM} of Hugging Face's transformers, without a sliding window. */
  MISTRAL("mistral") {
    @Override
    public List<String> misfits(ModelConfig model) {
      return Llama.misfitsOfMistral(model);
    }

    @Override
    public List<FileTensor> tensors(ModelConfig model) {
      return Llama.tensors(model);
    }

    @Override
    public List<FileTensor> copies(ModelConfig model) {
      return copyOfEmbedding("lm_head.weight", model);
    }
  },

  /** {@code Qwen2ForCausalLM} of Hugging Face's transformers, without a sliding window. */
  QWEN2("qwen2") {
    @Override
    public List<String> misfits(ModelConfig model) {
      return Llama.misfitsOfQwen2(model);
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

  /** The layouts of transformers, those first that an export prefers. */
  public static final List<Layout> PUBLIC = List.of(GPT_NEOX, LLAMA, QWEN2, MISTRAL);

  private final String modelType;

  Layout(String modelType) {
    this.modelType = modelType;
  }

  /** The value of {@code model_type} in {@code config.json}. */
  public String modelType() {
    return modelType;
  }

  /** The reasons why a model does not fit this layout; empty if it fits. */
  public abstract List<String> misfits(ModelConfig model);

  /** The tensors of a model that fits, in the order of the layers; each parameter occurs once. */
  public abstract List<FileTensor> tensors(ModelConfig model);

  /** Optional further tensors of a file, which repeat values of the others. */
  public List<FileTensor> copies(ModelConfig model) {
    return List.of();
  }

  /** The head of a model with a tied embedding. */
  private static List<FileTensor> copyOfEmbedding(String head, ModelConfig model) {
    return model.variant().tiedEmbedding()
        ? List.of(FileTensor.of(head, ParameterTable.of(model).parameter("embedding.weight")))
        : List.of();
  }
}
