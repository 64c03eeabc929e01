namespace FanIn.Tests;

/// <summary>Other frameworks' names lead to our spelling with their numbers.</summary>
public sealed class OtherNamesTests
{
    [Theory]
    [InlineData("kaiming_uniform_", "'he_uniform'")]
    [InlineData("kaiming_normal", "'he_normal' with PyTorch's numbers, 'he_truncated_normal' with JAX's")]
    [InlineData("xavier_normal_", "'xavier_normal'")]
    [InlineData("orthogonal_", "'orthogonal'")]
    [InlineData("zeros_", "'zeros'")]
    [InlineData("trunc_normal_tf_", "'truncated_normal'")]
    [InlineData("lecun_normal_", "'lecun_truncated_normal'")]
    [InlineData("variance_scaling_", "'variance_scaling'")]
    [InlineData("GlorotUniform", "'xavier_uniform'")]
    [InlineData("HeNormal(seed=3)", "'he_truncated_normal'")]
    [InlineData("VarianceScaling", "'variance_scaling(distribution=truncated_normal)'")]
    [InlineData("TruncatedNormal", "'truncated_normal(std=0.05)'")]
    [InlineData("RandomNormal", "'normal(std=0.05)'")]
    [InlineData("OrthogonalInitializer", "'orthogonal'")]
    [InlineData(
        "glorot_normal",
        "'xavier_truncated_normal' with the numbers of Keras and JAX, 'xavier_normal' with those of a plain normal"
    )]
    [InlineData("MSRAPrelu", "'msra_prelu'")]
    [InlineData("UniformScaling", "'uniform_scaling'")]
    [InlineData("SIGMOID_UNIFORM", "'sigmoid_uniform'")]
    public void AreToldWhatTheyAreCalledHere(string text, string called)
    {
        string message = Assert.Throws<SpellingException>(() => Initializer.Parse(text)).Message;
        Assert.Equal($"unknown initializer '{text.Split('(')[0]}'; here it is called {called}", message);
    }

    /// <summary>Every hint can be typed as it stands, but for an argument that the user has to give.</summary>
    [Fact]
    public void HintsCanBeRead()
    {
        foreach ((string name, string ours) in OtherNames.Ours)
        {
            Assert.DoesNotContain(name, Initializer.Names);
            if (Initializer.Names.Contains(ours.Split('(')[0]) && ours != "constant")
            {
                Assert.NotNull(Initializer.Parse(ours));
            }
        }
    }

    /// <summary>Keras's and JAX's numbers: std 1/sqrt(fan) and a support of 2.2737 std.</summary>
    [Theory]
    [InlineData("HeNormal", 0.0625)] // sqrt(2 / 512)
    [InlineData("LecunNormal", 0.044194173824159216)] // sqrt(1 / 512)
    [InlineData("GlorotNormal", 0.0625)] // sqrt(2 / (256 + 256))
    [InlineData("VarianceScaling", 0.044194173824159216)]
    public void KerassTruncatedRulesAreOurs(string name, double std)
    {
        TensorDescription tensor =
            name == "GlorotNormal" ? TensorDescription.Dense(256, 256) : TensorDescription.Dense(64, 512);
        ElementDistribution law = Initializer.Parse(OtherNames.Ours[name]).Distribution(tensor)!;
        Assert.Equal(1, law.StandardDeviation / std, 1e-12);
        Assert.Equal(2 / 0.87962566103423978, law.High / std, 1e-12);
    }
}
