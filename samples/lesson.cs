#:package FanIn@*-*
#:property PublishAot=false

// Why the first values matter, in one file: `dotnet run lesson.cs`. A signal passes through 50 random layers; we watch how
// large it still is. No training, no framework.
using FanIn;

const int Width = 256;
const int Depth = 50;

Console.WriteLine(
    "Lesson 1: equal weights. Every unit of a layer computes the same, gets the same gradient, and stays the same."
);
float[] equal = new float[Width * Width];
Initializer.Constant(0.01).Fill(equal, TensorDescription.Dense(Width, Width), seed: 0, key: "w");
Console.WriteLine($"  distinct units of constant(0.01): {DistinctUnits.Count(equal, Width)} of {Width}");
bool holds = DistinctUnits.Count(equal, Width) == 1;
Initializer.HeNormal().Fill(equal, TensorDescription.Dense(Width, Width), seed: 0, key: "w");
Console.WriteLine($"  distinct units of he_normal:      {DistinctUnits.Count(equal, Width)} of {Width}\n");
holds &= DistinctUnits.Count(equal, Width) == Width;

Console.WriteLine(
    $"Lesson 2: the scale. The signal's size (root mean square) after 1, 10, 30 and {Depth} ReLU layers:"
);
var sizes = new Dictionary<string, double>();
foreach (
    string rule in (string[])
        ["normal(std=0.01)", "xavier_normal", "he_normal", "normal(std=0.15)", "orthogonal(gain=sqrt(2))"]
)
{
    float[] signal = new float[Width];
    Initializer.Normal().Fill(signal, TensorDescription.Plain(Width), seed: 1, key: "input");
    Console.Write($"  {rule, -26}");
    for (int layer = 1; layer <= Depth; layer++)
    {
        float[] weights = new float[Width * Width];
        // The key makes the layers differ; the seed makes the run repeatable.
        Initializer.Parse(rule).Fill(weights, TensorDescription.Dense(Width, Width), seed: 1, key: $"layer{layer}");
        signal = Layer(weights, signal);
        if (layer is 1 or 10 or 30 or Depth)
        {
            Console.Write($"{Size(signal), 12:G3}");
        }
    }
    Console.WriteLine();
    sizes[rule] = Size(signal);
}
Console.WriteLine(
    "\nHe's rule keeps it, since ReLU lets half of the second moment through and the variance 2 / fan-in makes up for it."
);

holds &= sizes["he_normal"] is > 0.1 and < 10 && sizes["orthogonal(gain=sqrt(2))"] is > 0.1 and < 10;
holds &= sizes["normal(std=0.01)"] < 1e-30 && sizes["xavier_normal"] < 1e-5 && sizes["normal(std=0.15)"] > 1e5;
return holds ? 0 : throw new InvalidOperationException("That isn't what this lesson says.");

static double Size(float[] signal) => Math.Sqrt(signal.Average(x => (double)x * x));

static float[] Layer(float[] weights, float[] input)
{
    var output = new float[Width];
    for (int o = 0; o < Width; o++)
    {
        float sum = 0;
        for (int i = 0; i < Width; i++)
        {
            sum += weights[(o * Width) + i] * input[i];
        }
        output[o] = MathF.Max(0, sum);
    }
    return output;
}
