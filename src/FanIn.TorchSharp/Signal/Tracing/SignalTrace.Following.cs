namespace FanIn.TorchSharp;

internal sealed partial class SignalTrace
{
    /// <summary>The activation that a step's output goes to next, whether it is normalized on the way, and the activation's step.</summary>
    public (Activation? Activation, bool IsNormalized, int Step) Following(int node)
    {
        bool isNormalized = false;
        for (int next = node + 1; next < _nodes.Count; next++)
        {
            SignalNode step = _nodes[next];
            if (!step.Inputs.Contains(node))
            {
                continue;
            }
            switch (step.Operation)
            {
                case SignalOperation.Normalize:
                    isNormalized = true;
                    break;
                case SignalOperation.Activate { Activation.Name: "identity" }:
                case SignalOperation.Drop
                or SignalOperation.MeanPool
                or SignalOperation.MaxPool
                or SignalOperation.Multiply:
                    break;
                case SignalOperation.Activate activate:
                    return (activate.Activation, isNormalized, next);
                case SignalOperation.Gate gate when step.Inputs.Length == 2 && step.Inputs[0] == node:
                    return (gate.Activation.Name == "identity" ? null : gate.Activation, isNormalized, -1);
                default:
                    return (null, isNormalized, -1);
            }
            node = next;
        }
        return (null, isNormalized, -1);
    }
}
