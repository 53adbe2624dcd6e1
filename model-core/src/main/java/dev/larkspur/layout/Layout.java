package dev.larkspur.layout;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import java.util.List;

/** The layouts of exported models. */
public enum Layout {
  /** Larkspur's layout: every parameter under its name, for every kind of model. */
  LARKSPUR("larkspur", null),

  /** {@code GPTNeoXForCausalLM} of Hugging Face's transformers. */
  GPT_NEOX("gpt_neox", "embed_out.weight"),

  /** {@code LlamaForCausalLM} of Hugging Face's transformers. */
  LLAMA("llama", "lm_head.weight"),

  /** {@code MistralForCausalLM} of Hugging Face's transformers, without a sliding window. */
  MISTRAL("mistral", "lm_head.weight"),

  /** {@code Qwen2ForCausalLM} of Hugging Face's transformers, without a sliding window. */
  QWEN2("qwen2", "lm_head.weight");

  /** The layouts of transformers, those first that an export prefers. */
  public static final List<Layout> PUBLIC = List.of(GPT_NEOX, LLAMA, QWEN2, MISTRAL);

  private final String modelType;

  /** Name of the head's tensor; null if a tied head is not repeated. */
  private final String head;

  Layout(String modelType, String head) {
    this.modelType = modelType;
    this.head = head;
  }

  /** The value of {@code model_type} in {@code config.json}. */
  public String modelType() {
    return modelType;
  }

  /** The reasons why a model does not fit this layout; empty if it fits. */
  public List<String> misfits(ModelConfig model) {
    return switch (this) {
      case LARKSPUR -> List.of();
      case GPT_NEOX -> GptNeoX.misfits(model);
      case LLAMA -> Llama.misfits(model);
      case MISTRAL -> Llama.misfitsOfMistral(model);
      case QWEN2 -> Llama.misfitsOfQwen2(model);
    };
  }

  /** The tensors of a model that fits, in the order of the layers; each parameter occurs once. */
  public List<FileTensor> tensors(ModelConfig model) {
    return switch (this) {
      case LARKSPUR ->
          ParameterTable.of(model).parameters().stream()
              .map(parameter -> FileTensor.of(parameter.name(), parameter))
              .toList();
      case GPT_NEOX -> GptNeoX.tensors(model);
      case LLAMA, MISTRAL, QWEN2 -> Llama.tensors(model);
    };
  }

  /** Optional further tensors of a file, which repeat values of the others: a tied head. */
  public List<FileTensor> copies(ModelConfig model) {
    return head != null && model.variant().tiedEmbedding()
        ? List.of(FileTensor.of(head, ParameterTable.of(model).parameter("embedding.weight")))
        : List.of();
  }
}
