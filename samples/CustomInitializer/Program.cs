// An initializer of one's own: each unit's weights point in a random direction and have the length sqrt(2) exactly. That
// is He's variance, 2 / fan-in, but no unit starts louder than another. It is checked, used in a recipe, and planned.
using FanIn;

Initializer directions = Initializer.Custom(
    "he_directions",
    (values, tensor, stream) => Directions(values, tensor, stream, tensor.Fan!.Value.In)
);

// What every slip looks like: the same rule with the other fan.
Initializer slip = Initializer.Custom(
    "he_directions_slip",
    (values, tensor, stream) => Directions(values, tensor, stream, tensor.Fan!.Value.Out)
);

Console.WriteLine("1. Is it right? A million elements against the law that is meant:\n");
var tensor = TensorDescription.Dense(outputs: 2048, inputs: 512);
var options = new ConformanceOptions { Expected = ElementDistribution.Sphere(dimensions: 512, radius: Math.Sqrt(2)) };
ConformanceReport right = Conformance.Check(directions, tensor, options);
Console.WriteLine(right);
Demand(right.Passed, "he_directions doesn't follow its own law.");

Console.WriteLine("\n2. Would a mistake be noticed? The rule again, with fan-out for fan-in:\n");
ConformanceReport wrong = Conformance.Check(slip, tensor, options);
foreach (ConformanceFinding finding in wrong.Findings.Where(finding => !finding.Passed))
{
    Console.WriteLine($"  {finding.Name}: {finding.Sentence}");
}
Demand(!wrong.Passed, "The check let a wrong fan pass.");

Console.WriteLine("\n3. In a recipe, for every weight but the output's. The plan, before anything is drawn:\n");
Recipe recipe = Recipe.Of(directions).With(Rule.For("head.weight", "normal(std=1/sqrt(fan_in*(depth+1)))"));
Plan plan = recipe.Apply(Network(blocks: 3, width: 64));
Console.WriteLine(plan);

Console.WriteLine("4. The values: a function of seed and key, whatever else is in the model.\n");
float[] alone = new float[64 * 64];
directions.Fill(alone, TensorDescription.Dense(64, 64), seed: 7, key: "blocks.1.weight");
Plan deeper = recipe.Apply(Network(blocks: 5, width: 64));
foreach (Plan each in (Plan[])[plan, deeper])
{
    float[] values = new float[64 * 64];
    each.Rows.Single(row => row.Key == "blocks.1.weight").Fill(values, seed: 7);
    Demand(values.AsSpan().SequenceEqual(alone), "A layer's weights changed with the network around it.");
}
double longest = alone.Chunk(64).Max(unit => Math.Abs(Math.Sqrt(unit.Sum(w => (double)w * w)) - Math.Sqrt(2)));
Console.WriteLine(
    $"  blocks.1.weight is the same in a network of 3 blocks, of 5, and alone; first values {alone[0]:F4} {alone[1]:F4} {alone[2]:F4}"
);
Console.WriteLine($"  every unit's length is sqrt(2) within {longest:E0}");
Demand(longest < 1e-6, "A unit's length isn't sqrt(2).");

// In canonical order: a unit's weights lie side by side, whatever the layout of the tensor they end up in.
static void Directions(Span<float> values, TensorDescription tensor, RandomStream stream, double fan)
{
    stream.FillNormal(values, mean: 0, std: 1);
    int row = checked((int)tensor.Fan!.Value.In);
    for (int start = 0; start < values.Length; start += row)
    {
        Span<float> unit = values.Slice(start, row);
        double sum = 0;
        foreach (float w in unit)
        {
            sum += (double)w * w;
        }
        double factor = Math.Sqrt(2 * row / (fan * sum));
        foreach (ref float w in unit)
        {
            w = (float)(w * factor);
        }
    }
}

static ModelDescription Network(int blocks, int width) =>
    new([
        new("stem.weight", TensorDescription.Convolution(width, 3, [3, 3]), ParameterRole.Weight),
        new("stem.bias", TensorDescription.Plain(width), ParameterRole.Bias),
        .. Enumerable
            .Range(0, blocks)
            .SelectMany(i =>
                (ParameterDescription[])
                    [
                        new($"blocks.{i}.weight", TensorDescription.Dense(width, width), ParameterRole.Weight),
                        new($"blocks.{i}.bias", TensorDescription.Plain(width), ParameterRole.Bias),
                    ]
            ),
        new("head.weight", TensorDescription.Dense(10, width), ParameterRole.Weight),
        new("head.bias", TensorDescription.Plain(10), ParameterRole.Bias),
    ]);

static void Demand(bool holds, string otherwise)
{
    if (!holds)
    {
        throw new InvalidOperationException(otherwise);
    }
}
