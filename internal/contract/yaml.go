package contract

import "go.yaml.in/yaml/v3"

// toYAML renders the contract's JSON as block-style YAML.
func toYAML(json []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(json, &doc); err != nil { // JSON is YAML; nodes keep the order of members
		return nil, err
	}
	plain(&doc)
	return yaml.Marshal(&doc)
}

func plain(n *yaml.Node) {
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		n.Style = 0
	}
	for _, c := range n.Content {
		plain(c)
	}
}
