namespace FanIn.Checkpoints.Tests;

/// <summary>
/// Numbers of parameters that papers, model cards and torchvision's tables give for published models. A table with a
/// wrong shape, or a tensor too many or too few, doesn't come to the same ten digits.
/// </summary>
public sealed class PublishedCountTests
{
    [Theory]
    [InlineData(Published.Llama2, 6_738_415_616)]
    [InlineData(Published.Llama3, 8_030_261_248)]
    [InlineData(Published.Llama70, 70_553_706_496)]
    [InlineData(Published.Llama405, 405_853_388_800)]
    [InlineData(Published.Mistral7, 7_241_732_096)]
    [InlineData(Published.Mixtral8x7, 46_702_792_704)]
    [InlineData(Published.Mixtral8x22, 140_620_634_112)]
    [InlineData(Published.Qwen2Half, 494_032_768)]
    [InlineData(Published.Qwen14, 14_770_033_664)]
    [InlineData(Published.Qwen3Small, 1_720_574_976)]
    [InlineData(Published.Gemma2b, 2_506_172_416)]
    [InlineData(Published.Gemma7b, 8_537_680_896)]
    [InlineData(Published.Gemma2Small, 2_614_341_888)]
    [InlineData(Published.Gemma2Large, 27_227_128_320)]
    [InlineData(Published.Gemma3Small, 999_885_952)]
    [InlineData(Published.Gemma3Vision, 4_300_079_472)]
    [InlineData(Published.Gpt2, 124_439_808)]
    [InlineData(Published.Gpt2Xl, 1_557_611_200)]
    [InlineData(Published.Bert, 109_482_240)]
    [InlineData(Published.T5, 60_506_624)]
    [InlineData(Published.FlanT5, 76_961_152)]
    [InlineData(Published.Vit, 86_567_656)]
    [InlineData(Published.Clip, 151_277_313)]
    [InlineData(Published.ClipLarge, 427_616_513)]
    [InlineData(Published.WhisperTiny, 37_760_640)]
    [InlineData(Published.WhisperLarge, 1_543_490_560)]
    [InlineData(Published.ResNet18, 11_689_512)]
    [InlineData(Published.ResNet50, 25_557_032)]
    [InlineData(Published.ConvNextTiny, 28_589_128)]
    public void AModelHasItsPublishedNumberOfParameters(string config, long published) =>
        Assert.Equal(published, Count(config));

    [Theory]
    // The published number for BERT is that of the bare model; these are what transformers counts for its other classes.
    [InlineData("BertForMaskedLM", 109_514_298)]
    [InlineData("BertForPreTraining", 110_106_428)]
    [InlineData("BertForSequenceClassification", 109_483_778)]
    [InlineData("BertForQuestionAnswering", 108_893_186)]
    public void AClassOfTheFamilyHasItsOwnHead(string architecture, long published) =>
        Assert.Equal(published, Count(Published.Bert.Replace("BertModel", architecture, StringComparison.Ordinal)));

    [Fact]
    public void TheBareVisionTransformerHasAPooler() =>
        Assert.Equal(86_389_248, Count("""{"model_type": "vit", "architectures": ["ViTModel"]}"""));

    [Fact]
    public void EveryFamilyIsHeldToAPublishedNumber()
    {
        string all = string.Concat(typeof(Published).GetFields().Select(field => (string)field.GetRawConstantValue()!));
        Assert.All(
            CheckpointModel.Families,
            family => Assert.Contains($"\"model_type\": \"{family}\"", all, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void TheDocsHaveEveryFamily()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FanIn.slnx")))
        {
            folder = folder.Parent!;
        }
        string table = File.ReadAllText(Path.Combine(folder.FullName, "docs", "checkpoints.md"));
        Assert.All(CheckpointModel.Families, family => Assert.Contains($"`{family}`", table, StringComparison.Ordinal));
    }

    /// <summary>By the shapes as stored, not by what the description counts.</summary>
    private static long Count(string config) =>
        CheckpointModel
            .FromConfig(config)
            .Description.Parameters.Sum(parameter =>
                parameter.Tensor.Shape.Aggregate(1L, (product, size) => checked(product * size))
            );
}
