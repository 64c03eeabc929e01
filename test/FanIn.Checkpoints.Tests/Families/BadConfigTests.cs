using System.Diagnostics;

namespace FanIn.Checkpoints.Tests;

/// <summary>Configs that make no model: one sentence each, at once, without memory for what they ask.</summary>
public sealed class BadConfigTests
{
    [Theory]
    [InlineData("", "isn't valid JSON")]
    [InlineData("[]", "a config is a JSON object")]
    [InlineData("{", "line 1: the config isn't valid JSON")]
    [InlineData("{\"a\": 1,\n \"a\": 2}", "isn't valid JSON")]
    [InlineData("{}", "no \"model_type\"")]
    [InlineData("{\"model_type\": 3}", "model_type must be a text, not 3")]
    [InlineData(
        "{\"model_type\": \"lama\"}",
        "did you mean 'llama'? other models are planned from their shapes: --shapes FILE --recipe R"
    )]
    [InlineData("{\"model_type\": \"rwkv\"}", "unknown model_type 'rwkv'; known are: llama, mistral, mixtral")]
    [InlineData("{\"model_type\": \"rwkv\"}", "--shapes")]
    [InlineData(
        "{\"model_type\": \"llama\", \"hidden_size\": -1}",
        "hidden_size must be a whole number from 1 to 1000000000, not -1"
    )]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": 0}", "hidden_size must be a whole number")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": 4096.5}", "not 4096.5")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": 1e3}", "not 1e3")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": 99999999999999999999999}", "not 99999999999999999999999")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": \"4096\"}", "not the text \"4096\"")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": null}", "not null")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": [4096]}", "not a list")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": {}}", "not an object")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": true}", "not true")]
    [InlineData("{\"model_type\": \"llama\", \"num_hidden_layers\": 10001}", "from 1 to 10000, not 10001")]
    [InlineData(
        "{\"model_type\": \"llama\", \"num_attention_heads\": 4097}",
        "num_attention_heads is 4097, more than hidden_size 4096"
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"tie_word_embeddings\": 1}",
        "tie_word_embeddings must be true or false, not 1"
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"initializer_range\": -0.02}",
        "initializer_range must be a number from 0 to 1000, not -0.02"
    )]
    [InlineData("{\"model_type\": \"llama\", \"initializer_range\": 1e999}", "initializer_range must be a number")]
    [InlineData(
        "{\"model_type\": \"llama\", \"pad_token_id\": 32000}",
        "pad_token_id must be a whole number from -32000 to 31999, not 32000"
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"architectures\": []}",
        "architectures must be a list such as [\"LlamaForCausalLM\"]"
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"architectures\": [\"LlamaForCausalLm\"]}",
        "did you mean 'LlamaForCausalLM'?"
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"torch_dtype\": \"float8_e4m3fn\"}",
        "unknown element type 'float8_e4m3fn'"
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"torch_dtype\": \"float16\", \"dtype\": \"bfloat16\"}",
        "dtype is the text \"bfloat16\" and torch_dtype, which means the same, is the text \"float16\""
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"quantization_config\": {}}",
        "quantization_config: a quantized checkpoint has other tensors"
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"hidden_size\": 1000000000, \"vocab_size\": 1000000000}",
        "parameters; at most 10^15 are planned"
    )]
    [InlineData(
        "{\"model_type\": \"llama\", \"num_attention_heads\": 1000000000, \"head_dim\": 1000000000}",
        "the config's sizes are too large"
    )]
    [InlineData(
        "{\"model_type\": \"mixtral\", \"num_local_experts\": 10000, \"num_hidden_layers\": 10000}",
        "makes 300070003 tensors; at most 200000"
    )]
    [InlineData("{\"model_type\": \"mixtral\", \"num_local_experts\": 8, \"num_experts\": 4}", "which means the same")]
    [InlineData("{\"model_type\": \"gpt2\", \"add_cross_attention\": true}", "attention to an encoder")]
    [InlineData(
        "{\"model_type\": \"t5\", \"feed_forward_proj\": \"a-b-c\"}",
        "feed_forward_proj must be an activation"
    )]
    [InlineData("{\"model_type\": \"vit\", \"patch_size\": 225}", "patch_size is 225, larger than image_size 224")]
    [InlineData(
        "{\"model_type\": \"vit\", \"architectures\": [\"ViTForImageClassification\"], \"id2label\": {}}",
        "id2label must be an object"
    )]
    [InlineData("{\"model_type\": \"clip\", \"text_config\": []}", "text_config must be an object, not a list")]
    [InlineData(
        "{\"model_type\": \"clip\", \"text_config\": {\"hidden_size\": \"x\"}}",
        "text_config.hidden_size must be"
    )]
    [InlineData("{\"model_type\": \"resnet\", \"depths\": [1]}", "depths has 1 stages, but hidden_sizes has 4")]
    [InlineData(
        "{\"model_type\": \"resnet\", \"depths\": [3, 4, 6, -3]}",
        "depths[3] must be a whole number from 1 to 10000, not -3"
    )]
    [InlineData("{\"model_type\": \"resnet\", \"layer_type\": \"botleneck\"}", "did you mean 'bottleneck'?")]
    [InlineData("{\"model_type\": \"convnext\", \"num_stages\": 5}", "num_stages is 5")]
    [InlineData("{\"model_type\": \"gemma3\"}", "vision_config.vision_use_head must be false")]
    [InlineData("{\"model_type\": \"bert\", \"position_embedding_type\": \"relative_key\"}", "position_embedding_type")]
    public void OneSentence(string config, string says)
    {
        var e = Assert.Throws<ModelConfigException>(() => CheckpointModel.FromConfig(config));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain("(Parameter", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Null is how transformers writes that there is none.</summary>
    [Fact]
    public void NoQuantizationIsNone() =>
        Assert.Equal(
            CheckpointModel.FromConfig("{\"model_type\": \"gpt2\"}"),
            CheckpointModel.FromConfig("{\"model_type\": \"gpt2\", \"quantization_config\": null}")
        );

    [Fact]
    public void EveryFieldMayBeAnything()
    {
        string[] values =
        [
            "-1",
            "0",
            "1000000000",
            "1e400",
            "\"x\"",
            "null",
            "[]",
            "[1]",
            "{}",
            "true",
            "9223372036854775807",
            "[1000000000]",
        ];
        long before = GC.GetAllocatedBytesForCurrentThread();
        int refused = 0;
        foreach (var field in typeof(Published).GetFields())
        {
            string config = (string)field.GetRawConstantValue()!;
            using var document = System.Text.Json.JsonDocument.Parse(config);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                foreach (string value in values)
                {
                    string changed = config.Replace(
                        $"\"{property.Name}\": {property.Value.GetRawText()}",
                        $"\"{property.Name}\": {value}",
                        StringComparison.Ordinal
                    );
                    try
                    {
                        CheckpointModel.FromConfig(changed);
                    }
                    catch (ModelConfigException)
                    {
                        refused++;
                    }
                }
            }
        }
        Assert.InRange(refused, 1000, 4000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000_000);
    }

    [Fact]
    public void TheElementTypeIsAsTheConfigSays()
    {
        foreach (
            (string word, ElementType type) in ((string, ElementType)[])
                [
                    ("\"dtype\": \"bfloat16\"", ElementType.BFloat16),
                    ("\"torch_dtype\": \"float16\"", ElementType.Float16),
                    ("\"torch_dtype\": \"torch.float64\"", ElementType.Float64),
                    ("\"torch_dtype\": null", ElementType.Float32),
                    ("\"rope_theta\": 10000.0", ElementType.Float32),
                    ("\"text_config\": {\"dtype\": \"bfloat16\"}", ElementType.BFloat16),
                ]
        )
        {
            string config = $"{{\"model_type\": \"gpt2\", {word}}}";
            Assert.Equal(type, CheckpointModel.FromConfig(config).Description.Parameters[0].ElementType);
            Assert.Equal(type, CheckpointModel.ElementTypeOf(config));
            Assert.Equal(
                ElementType.Float64,
                CheckpointModel.FromConfig(config, ElementType.Float64).Description.Parameters[0].ElementType
            );
        }
    }
}
