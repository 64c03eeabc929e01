// A network on plain arrays, without any framework: 30 hidden ReLU layers that have to tell a disc from the ring around
// it. FanIn gives the first values; the rest is forty lines of backpropagation. Nothing but the first values differs.
using FanIn;

(float[][] points, int[] labels) = DiscAndRing(256);
var losses = new Dictionary<string, double>();
Console.WriteLine("30 hidden ReLU layers of 32 units, 250 steps of gradient descent:\n");
Console.WriteLine(
    $"{"initializer", -26}{"first layer", 12}{"last layer", 12}{"loss before", 12}{"loss after", 12}{"right", 8}"
);
foreach (string rule in (string[])["normal(std=0.05)", "xavier_uniform", "he_normal", "orthogonal(gain=sqrt(2))"])
{
    var network = new Network(depth: 30, width: 32, Initializer.Parse(rule), seed: 1);
    (double first, double last) = network.Signal(points);
    double before = network.Loss(points, labels).Loss;
    for (int step = 0; step < 250; step++)
    {
        network.Train(points, labels, from: step * 32 % points.Length, count: 32, rate: 0.02f);
    }
    (double after, double right) = network.Loss(points, labels);
    losses[rule] = after;
    Console.WriteLine($"{rule, -26}{first, 12:G3}{last, 12:G3}{before, 12:F4}{after, 12:F4}{right, 8:P0}");
}

Console.WriteLine(
    """

    The two columns in front are the signal's size before training (root mean square of a layer's outputs). Where it dies
    on its way, so does the gradient on its way back, and nothing is learned; ln 2 = 0.6931 is the loss of a coin.
    """
);
foreach ((string rule, double loss) in losses)
{
    bool shouldLearn =
        rule.StartsWith("he", StringComparison.Ordinal) || rule.StartsWith("orthogonal", StringComparison.Ordinal);
    if (shouldLearn ? loss > 0.1 : loss < 0.6)
    {
        throw new InvalidOperationException(
            $"{rule} ended at a loss of {loss:F4}, which isn't what this sample says of it."
        );
    }
}

// A disc of radius 1 and a ring from 1.4 to 2.4 around it, as many points of each, in no particular order.
static (float[][] Points, int[] Labels) DiscAndRing(int count)
{
    // FanIn's random numbers are for data too: a stream is a function of its seed and its name.
    var uniform = new float[2 * count];
    RandomStream.Create(seed: 7, "points").FillUniform(uniform);
    var points = new float[count][];
    var labels = new int[count];
    for (int i = 0; i < count; i++)
    {
        labels[i] = i % 2;
        double radius = labels[i] == 0 ? Math.Sqrt(uniform[2 * i]) : 1.4 + uniform[2 * i];
        double angle = 2 * Math.PI * uniform[(2 * i) + 1];
        points[i] = [(float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle))];
    }
    return (points, labels);
}

internal sealed class Network
{
    private readonly int[] _widths;
    private readonly float[][] _weights;
    private readonly float[][] _biases;

    public Network(int depth, int width, Initializer initializer, Seed seed)
    {
        _widths = [2, .. Enumerable.Repeat(width, depth), 1];
        _weights = new float[depth + 1][];
        _biases = new float[depth + 1][];
        for (int layer = 0; layer <= depth; layer++)
        {
            var tensor = TensorDescription.Dense(outputs: _widths[layer + 1], inputs: _widths[layer]);
            _weights[layer] = new float[tensor.Count];
            _biases[layer] = new float[_widths[layer + 1]];
            // The key makes the values: another layer, another key.
            initializer.Fill(_weights[layer], tensor, seed, key: $"layer{layer}.weight");
        }
    }

    /// <summary>The root mean square of the first and of the last hidden layer's outputs.</summary>
    public (double First, double Last) Signal(float[][] points)
    {
        float[][][] activations = [.. points.Select(Forward)];
        return (Rms(activations.SelectMany(a => a[1])), Rms(activations.SelectMany(a => a[^2])));

        static double Rms(IEnumerable<float> values) => Math.Sqrt(values.Average(x => (double)x * x));
    }

    public (double Loss, double Right) Loss(float[][] points, int[] labels)
    {
        (double loss, int right) = (0, 0);
        for (int i = 0; i < points.Length; i++)
        {
            float logit = Forward(points[i])[^1][0];
            loss += Math.Log(1 + Math.Exp(labels[i] == 1 ? -logit : logit));
            right += (logit > 0) == (labels[i] == 1) ? 1 : 0;
        }
        return (loss / points.Length, (double)right / points.Length);
    }

    /// <summary>One step of gradient descent on some of the points, with the gradient's norm held at 1 or below.</summary>
    public void Train(float[][] points, int[] labels, int from, int count, float rate)
    {
        float[][] weightGradients = [.. _weights.Select(w => new float[w.Length])];
        float[][] biasGradients = [.. _biases.Select(b => new float[b.Length])];
        for (int i = from; i < from + count; i++)
        {
            float[][] activations = Forward(points[i]);
            float[] delta = [(Sigmoid(activations[^1][0]) - labels[i]) / count];
            for (int layer = _weights.Length - 1; layer >= 0; layer--)
            {
                float[] input = activations[layer];
                var back = new float[input.Length];
                for (int o = 0; o < delta.Length; o++)
                {
                    biasGradients[layer][o] += delta[o];
                    for (int n = 0; n < input.Length; n++)
                    {
                        weightGradients[layer][(o * input.Length) + n] += delta[o] * input[n];
                        back[n] += delta[o] * _weights[layer][(o * input.Length) + n];
                    }
                }
                delta = [.. back.Select((d, n) => input[n] > 0 ? d : 0)];
            }
        }
        float[][] gradients = [.. weightGradients, .. biasGradients];
        float norm = MathF.Sqrt(gradients.Sum(g => g.Sum(x => x * x)));
        float step = rate / MathF.Max(1, norm);
        foreach ((float[] values, float[] gradient) in ((float[][])[.. _weights, .. _biases]).Zip(gradients))
        {
            for (int n = 0; n < values.Length; n++)
            {
                values[n] -= step * gradient[n];
            }
        }
    }

    /// <summary>The outputs of all layers, the point itself first.</summary>
    private float[][] Forward(float[] point)
    {
        var activations = new float[_weights.Length + 1][];
        activations[0] = point;
        for (int layer = 0; layer < _weights.Length; layer++)
        {
            float[] input = activations[layer];
            var output = new float[_widths[layer + 1]];
            for (int o = 0; o < output.Length; o++)
            {
                float sum = _biases[layer][o];
                for (int n = 0; n < input.Length; n++)
                {
                    sum += _weights[layer][(o * input.Length) + n] * input[n];
                }
                output[o] = layer == _weights.Length - 1 ? sum : MathF.Max(0, sum);
            }
            activations[layer + 1] = output;
        }
        return activations;
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
