using System.Collections.Immutable;

namespace FanIn.Lab;

/// <summary>The presets, an entry each.</summary>
internal static class Presets
{
    private static readonly Initializer s_orthogonalForRelu = Initializer.Orthogonal(Math.Sqrt(2));

    public static ImmutableArray<Preset> All { get; } =
    [
        new(
            "quickstart",
            "In a ReLU network of 30 layers equal weights never part, tiny and Xavier weights starve the signal, "
                + "He's keep it alive, and orthogonal and data-fitted ones train fastest.",
            "He et al. 2015; Saxe et al. 2013; Mishkin and Matas 2015",
            "digits",
            Networks("mlp:30x64:relu"),
            [
                Initializer.Zeros,
                Initializer.Normal(std: 0.01),
                Initializer.XavierUniform(),
                Initializer.HeNormal(),
                s_orthogonalForRelu,
                Initializer.Lsuv(),
            ],
            new() { Steps = 400, LearningRates = [0.003] }
        ),
        new(
            "he2015",
            "A plain convolutional ReLU network of 30 layers stalls from Xavier's weights and converges from He's.",
            "He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015, figure 3",
            "fashion14",
            Networks("cnn:30x16:relu"),
            [Initializer.XavierNormal(), Initializer.HeNormal(), s_orthogonalForRelu],
            new() { Steps = 600, LearningRates = [0.005] }
        )
        {
            ImageSide = 7,
            FullData = "fashion-mnist",
        },
        new(
            "he2015-mlp",
            "At 30 ReLU layers Xavier's weights stall and He's converge; at 10 layers both learn.",
            "He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015, figures 2 and 3",
            "fashion14",
            Networks("mlp:30x128:relu", "mlp:10x128:relu"),
            [Initializer.XavierNormal(), Initializer.HeNormal(), s_orthogonalForRelu],
            new() { Steps = 300, LearningRates = [0.01] }
        ),
        new(
            "glorot2010",
            "In a tanh network of 10 layers the old rules U(-1/sqrt(n), 1/sqrt(n)) and N(0, 1) fail, and Xavier's "
                + "learns.",
            "Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks, 2010",
            "languages",
            Networks("mlp:10x128:tanh"),
            [
                Initializer.Zeros,
                Initializer.Normal(),
                Initializer.StandardUniform(),
                Initializer.XavierUniform(),
                Initializer.HeNormal(),
                Initializer.Orthogonal(),
            ],
            new() { Steps = 300, LearningRates = [0.01] }
        ),
        new(
            "symmetry",
            "Units that start equal stay equal: from zeros and from constants a layer never has more than one "
                + "distinct unit, whatever its width.",
            "Rumelhart, Hinton, Williams: Learning internal representations by error propagation, 1986",
            "digits",
            Networks("mlp:2x64:relu", "mlp:2x64:tanh"),
            [Initializer.Zeros, Initializer.Constant(0.01), Initializer.Constant(0.1), Initializer.HeNormal()],
            new()
            {
                Steps = 200,
                BatchSize = 128,
                LearningRates = [0.05],
            }
        ),
        new(
            "shallow",
            "In a shallow network the good rules can't be ranked: there is not enough depth to lose the signal in.",
            "",
            "fashion14",
            Networks("lenet:8:relu"),
            [Initializer.LeCunNormal(), Initializer.XavierUniform(), Initializer.HeNormal(), s_orthogonalForRelu],
            new() { Steps = 500, LearningRates = [0.05] }
        ),
    ];

    private static ImmutableArray<Network> Networks(params ReadOnlySpan<string> spellings)
    {
        var networks = ImmutableArray.CreateBuilder<Network>(spellings.Length);
        foreach (string spelling in spellings)
        {
            networks.Add(Network.Parse(spelling));
        }
        return networks.MoveToImmutable();
    }
}
